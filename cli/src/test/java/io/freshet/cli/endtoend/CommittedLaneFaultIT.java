package io.freshet.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.kafka.TopicReader;
import io.freshet.job.TestStream;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.snapshot.SnapshotReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Catches a snapshot on the committed lane that a reader sees and that is then rolled back. While the job fails repeatedly,
 * a reader of committed records must see only increasing versions, each bit for bit that of a plain loop over the samples.
 */
class CommittedLaneFaultIT {
    private static final int FAULTS = 3;
    private static final List<ModelSpec> SPECS =
            List.of(ModelSpec.parse("""
                    {name: whole, label: y, features: {numeric: [a, b], categorical: [c], cross: [[c, d]], hashBits: 10},
                     loss: binary-cross-entropy, optimizer: {type: rmsprop},
                     publish: {everySamples: 100, everyMillis: 10, lane: committed}}
                    """), ModelSpec.parse("""
                    {name: keyed, label: t, key: c, features: {numeric: [a, b], categorical: [d], hashBits: 6},
                     loss: mean-squared-error, optimizer: {type: sgd}, batch: {size: 7},
                     publish: {everySamples: 100, everyMillis: 10, lane: committed}}
                    """), ModelSpec.parse("""
                    {name: large, label: y, features: {categorical: [d], hashBits: 18},
                     loss: binary-cross-entropy, optimizer: {type: ftrl},
                     publish: {everySamples: 100, everyMillis: 10, lane: committed, fullEvery: 5}}
                    """));
    private static final List<byte[]> SAMPLES = TestStream.values(20_000);

    @AutoClose
    private static TestBroker broker;

    @TempDir
    Path directory;

    @BeforeAll
    static void startBroker() {
        broker = TestBroker.start();
    }

    /** A snapshot that the reader saw. */
    private record Seen(String address, long version, int bits) {}

    @Test
    void a_visible_snapshot_is_never_rolled_back() throws Exception {
        Topics topics = Topics.of("committed");
        broker.create(topics, SAMPLES);
        List<Seen> seen;
        try (FaultyRun run = FaultyRun.start(broker.trainer(topics, SPECS), directory, 2, FAULTS)) {
            seen = follow(topics.committed(), run.result());
            run.awaitEnd();
        }
        assertThat(broker.readAll(topics.parameters())).as("the eager lane").isEmpty();

        Map<String, Long> newest = new HashMap<>();
        for (Seen each : seen) {
            long before = newest.getOrDefault(each.address(), 0L);
            assertThat(each.version()).as(each.address()).isGreaterThan(before);
            newest.put(each.address(), each.version());
        }
        Map<String, Map<Long, Integer>> expected = new HashMap<>();
        Map<String, Long> last = new HashMap<>();
        Map<String, Map<Long, Integer>> bits = new HashMap<>();
        seen.forEach(each ->
                bits.computeIfAbsent(each.address(), address -> new HashMap<>()).put(each.version(), each.bits()));
        SampleOracle.learn(SPECS, SAMPLES, (address, after) -> {
            last.put(address, after.version());
            if (bits.getOrDefault(address, Map.of()).containsKey(after.version())) {
                expected.computeIfAbsent(address, any -> new HashMap<>()).put(after.version(), bits(after.snapshot()));
            }
        });
        assertThat(bits).isEqualTo(expected);
        assertThat(newest).as("the end of the input").isEqualTo(last);
        assertThat(bits.get("large/")).as("versions seen during the run").hasSizeGreaterThan(FAULTS);
    }

    /** Returns what a reader sees of a topic, in order, until after the job has ended. */
    private static List<Seen> follow(String topic, Future<JobResult> job) throws Exception {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (TopicReader reader = broker.follow(topic)) {
            while (!job.isDone()) {
                reader.poll().forEach(records::add);
            }
            reader.readToEnd(records::add);
        }
        List<Seen> seen = new ArrayList<>();
        SnapshotReader reader = new SnapshotReader();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            SnapshotReader.Change change = reader.read(record.key(), record.value());
            if (change != null) {
                Snapshot snapshot = change.snapshot().snapshot();
                seen.add(new Seen(change.key().modelKey(), snapshot.version(), bits(snapshot)));
            }
        }
        return seen;
    }

    /** Hashes the parameters alone: the moments also include the samples of a pending batch. */
    private static int bits(Snapshot snapshot) {
        return Arrays.hashCode(snapshot.parameters());
    }
}
