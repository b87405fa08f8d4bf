package io.freshet.faults;

import static org.awaitility.Awaitility.await;

import io.freshet.cli.embedded.EmbeddedKafka;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.topic.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/** A broker in this JVM, the topics of a job that runs beside it, and the oracle. */
final class SmallRun implements AutoCloseable {
    private static final int RATE = 4_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final EmbeddedKafka kafka = EmbeddedKafka.startTemporary();
    private final Topics topics = Topics.of("small");
    private final LoadProducer producer;
    private final Learned learned;
    private long sent;

    SmallRun(long seed) throws Exception {
        this(SampleStream.SPECS, new SampleStream(seed)::next);
    }

    SmallRun(List<ModelSpec> specs, Supplier<SampleStream.Sent> samples) throws Exception {
        TestTopics.create(kafka.bootstrapServers(), topics, SampleStream.PARTITIONS, specs);
        producer = new LoadProducer(kafka.bootstrapServers(), topics.samples(), samples, RATE);
        learned = new Learned(kafka.bootstrapServers(), topics, SampleStream.PARTITIONS, specs);
    }

    /** Returns how a job runs on these topics, every state in a file of its own. */
    MiniTrainer.Plan plan(Path directory) {
        return new MiniTrainer.Plan(kafka.bootstrapServers(), topics, directory, 1, Map.of(), Map.of(), "")
                .with("execution.checkpointing.data-inline-threshold", "0 b");
    }

    /** Sends samples and waits until snapshots say that some of them are learned. */
    void send(int count) {
        long before = learned.eager().snapshots();
        produce(count);
        awaitThat("some learned", () -> {
            learned.isComplete();
            return learned.eager().snapshots() > before;
        });
    }

    /** Sends samples, whether anyone learns them or not. */
    void produce(int count) {
        LoadProducer.finish(producer.send(count));
        sent += count;
    }

    void awaitThat(String what, Callable<Boolean> condition) {
        await(what).atMost(PATIENCE).until(condition);
    }

    /** Waits until a checkpoint is complete that was begun after now. */
    void awaitCheckpoint(MiniTrainer trainer) throws Exception {
        long before = trainer.checkpoints().getNumberOfCompletedCheckpoints();
        // One may be under way.
        awaitThat("a checkpoint", () -> trainer.checkpoints().getNumberOfCompletedCheckpoints() > before + 1);
    }

    /** Waits until all samples sent are learned, and asserts that it was as it had to be. */
    void assertAllLearned() {
        assertAllLearnedIfGoneBack();
        learned.assertNoneTakenBack();
    }

    /** The same where the job was started from an older checkpoint than its newest: then committed snapshots come again. */
    void assertAllLearnedIfGoneBack() {
        awaitThat("all samples learned", learned::isComplete);
        learned.assertSameAsOracle(sent);
    }

    Learned learned() {
        return learned;
    }

    @Override
    public void close() {
        producer.close();
        learned.close();
        kafka.close();
    }
}
