package io.freshet.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.kafka.TopicReader;
import io.freshet.job.TestStream;
import io.freshet.learning.learner.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.snapshot.SnapshotReader;
import io.freshet.schemas.topic.Topics;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Catches a snapshot of the committed lane that is seen and then rolled back: what a reader of committed records meets while
 * the job fails again and again must be versions that only grow, each with the bits of a plain loop over the samples.
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
    private static final TestBroker BROKER = TestBroker.start();

    @TempDir
    Path directory;

    /** A snapshot that was seen. */
    private record Seen(String address, long version, int bits) {}

    @Test
    void nothing_that_was_seen_is_ever_rolled_back() throws Exception {
        Topics topics = Topics.of("committed");
        BROKER.create(topics, SAMPLES);
        List<Seen> seen;
        try (FaultyRun run = FaultyRun.start(BROKER.trainer(topics, SPECS), directory, 2, FAULTS)) {
            seen = follow(topics.committed(), run.result());
            run.awaitEnd();
        }
        assertThat(BROKER.readAll(topics.parameters())).as("the eager lane").isEmpty();

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
                expected.computeIfAbsent(address, any -> new HashMap<>()).put(after.version(), bits(after.take()));
            }
        });
        assertThat(bits).isEqualTo(expected);
        assertThat(newest).as("the end of the input").isEqualTo(last);
        assertThat(bits.get("large/")).as("seen on the way").hasSizeGreaterThan(FAULTS);
    }

    /** Returns what is seen of a topic, in its order, from before the job does anything to after its end. */
    private static List<Seen> follow(String topic, Future<JobResult> job) throws Exception {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (TopicReader reader = BROKER.follow(topic)) {
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
                seen.add(new Seen(change.key().address(), snapshot.version(), bits(snapshot)));
            }
        }
        return seen;
    }

    /** Of the parameters alone: moments are those of samples too that wait for their batch to be full. */
    private static int bits(Snapshot snapshot) {
        return Arrays.hashCode(snapshot.parameters());
    }
}
