package io.freshet.job.join.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.join.JoinHarness;
import io.freshet.job.join.JoinInput;
import io.freshet.job.learn.LearnHarness.Backend;
import io.freshet.learning.join.JoinState;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.predict.WarmStart;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.snapshot.ModelSpecCodec;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.schemas.snapshot.SnapshotReader;
import io.freshet.schemas.snapshot.WarmStartCodec;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** Would catch a join that refuses a model which starts from parameters, and every later change of it. */
class JoinChangeReaderTest {
    private static final String YAML = """
            {name: m, label: y, features: {numeric: [a], categorical: [origin], hashBits: 3}, loss: binary-cross-entropy,
             join: {within: 100ms, after: %s, grace: 50ms}}
            """;

    private final JoinChangeReader reader = new JoinChangeReader();
    private final ModelSpecCodec specs = new ModelSpecCodec();
    private long offset;

    @Test
    void a_running_join_takes_models_that_start_from_parameters_and_their_later_changes() throws Exception {
        ModelSpec cold = ModelSpec.parse(YAML.formatted("20ms"));
        Learner learner = new Learner(cold);
        Snapshot snapshot = learner.snapshot(learner.start(), "");
        WarmStart base = WarmStart.of(List.of(snapshot));
        for (boolean isRunning : List.of(false, true)) {
            try (JoinHarness harness =
                    isRunning ? JoinHarness.start(Backend.HEAP, cold) : JoinHarness.start(Backend.HEAP)) {
                for (KeyedBytes part : parts(snapshot, base)) {
                    read(part, harness);
                }
                apply(warm("20ms", base), harness);
                harness.read(isRunning ? JoinState.NO_INCARNATION : offset - 1);
                harness.request("m", "r", 1000);
                harness.watermark(1010);
                assertThat(harness.samples()).isEmpty();
                apply(warm("10ms", base), harness);
                harness.watermark(1020);
                assertThat(harness.samples()).containsExactly("OPEN r 0.0");
            }
        }
    }

    private static ModelSpec warm(String after, WarmStart base) {
        ModelSpec spec = ModelSpec.parse(YAML.formatted(after));
        return spec.withStream(spec.stream().withWarmStart(base.warmStart()));
    }

    private static List<KeyedBytes> parts(Snapshot snapshot, WarmStart base) throws Exception {
        List<PublishedSnapshot> published = new ArrayList<>();
        SnapshotReader snapshots = new SnapshotReader();
        for (KeyedBytes record : new SnapshotCodec().write(snapshot, "samples", 0, "test")) {
            published.add(snapshots.read(record.key(), record.value()).snapshot());
        }
        return new WarmStartCodec().write("m", base.warmStart().checksum(), published);
    }

    private void apply(ModelSpec spec, JoinHarness harness) throws Exception {
        read(specs.write(spec, 0), harness);
    }

    /** Sends what the reader makes of a record of the models topic. */
    private void read(KeyedBytes record, JoinHarness harness) throws Exception {
        List<JoinInput> changes = new ArrayList<>();
        reader.deserialize(
                new ConsumerRecord<>("models", 0, offset++, record.key(), record.value()),
                new ListCollector<>(changes));
        for (JoinInput change : changes) {
            harness.send(change);
        }
    }
}
