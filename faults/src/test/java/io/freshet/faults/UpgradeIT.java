package io.freshet.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.FreshetJob;
import io.freshet.schemas.topic.Topics;
import java.nio.file.Path;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Catches an upgrade that loses or repeats samples: the job stops behind a savepoint under load, and one from another jar
 * goes on from it, on task managers that have that jar too.
 */
class UpgradeIT {
    private static final int SAMPLES = 16_000;
    private static final int RATE = 2_000;
    private static final String NEXT_VERSION = "next-version";

    @TempDir
    Path directory;

    @Test
    void another_jar_goes_on_from_the_savepoint_of_this_one() throws Exception {
        Topics topics = Topics.of("upgraded");
        Path logs = Path.of("target", "upgrade");
        try (TrainerCluster cluster =
                new TrainerCluster(directory, logs, topics.prefix(), SampleStream.PARTITIONS, "hashmap")) {
            cluster.start(Part.BROKER);
            TestTopics.create(cluster.bootstrapServers(), topics, SampleStream.PARTITIONS, SampleStream.SPECS);
            Part.ALL.stream().filter(part -> part != Part.BROKER).forEach(cluster::start);
            cluster.awaitCheckpoint();
            try (LoadProducer producer = new LoadProducer(
                            cluster.bootstrapServers(), topics.samples(), new SampleStream(2)::next, RATE);
                    Learned learned = new Learned(
                            cluster.bootstrapServers(), topics, SampleStream.PARTITIONS, SampleStream.SPECS)) {
                Future<Integer> sending = producer.send(SAMPLES);
                cluster.awaitThat("a third sent", () -> producer.sent() > SAMPLES / 3);
                cluster.startFrom(stop(cluster));
                cluster.classPathBegins(JobJar.write(FreshetJob.class, NEXT_VERSION, directory.resolve("next.jar")));
                learned.isComplete();
                assertThat(learned.eager().writers()).doesNotContain(NEXT_VERSION);
                Part.ALL.stream().filter(part -> part != Part.BROKER).forEach(cluster::kill);
                cluster.supervise();
                cluster.awaitThat("all samples sent", sending::isDone);
                LoadProducer.finish(sending);
                cluster.awaitThat("all samples learned", learned::isComplete);
                learned.assertSameAsOracle(SAMPLES);
                learned.assertNoneTakenBack();
                assertThat(learned.eager().writers()).hasSize(2).contains(NEXT_VERSION);
            }
        }
    }

    private static String stop(TrainerCluster cluster) throws Exception {
        String job = cluster.rest().job().orElseThrow().id();
        String request = cluster.rest().stop(job, cluster.files().savepoints());
        AtomicReference<String> savepoint = new AtomicReference<>("");
        cluster.awaitThat("the savepoint", () -> {
            cluster.rest().savepoint(job, request).ifPresent(savepoint::set);
            return !savepoint.get().isEmpty();
        });
        return savepoint.get();
    }
}
