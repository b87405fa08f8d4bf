package io.freshet.job.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.KeyedStateHarness;
import io.freshet.job.learn.LearnHarness.Backend;
import io.freshet.job.record.ModelKey;
import io.freshet.job.replica.StoredReplicas.Header;
import io.freshet.job.state.StoredPages;
import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.replica.Replica;
import io.freshet.learning.replica.ReplicaState;
import io.freshet.learning.spec.ModelSpec;
import java.util.Map;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Would catch a replica that is stored in one value, which its accepted size can outgrow, and a checkpoint that writes a whole
 * replica for one sample.
 */
class StoredReplicasTest {
    private static final String MODEL = "m";
    private static final String MODEL_KEY = ModelKey.ofReplicas(MODEL, 2).get(1);
    private static final Header HEADER = new Header("origin", 7, 9, false);
    private static final int LARGEST_VALUE = 1 << 16;
    private static final ModelSpec SPEC = ModelSpec.parse("{name: m, label: y, loss: binary-cross-entropy,"
            + " features: {sparse: [x], hashBits: 17}, optimizer: {type: adam}, replicas: {count: 2, period: 100}}");

    private final Learner learner = new Learner(SPEC);
    private final Replica replica = new Replica(learner, SPEC.replicas());
    private final ReplicaState state = replica.start(1, learner.start());
    private long offset;

    @ParameterizedTest
    @EnumSource(Backend.class)
    void no_value_is_larger_than_a_page(Backend backend) throws Exception {
        try (KeyedStateHarness before = new KeyedStateHarness(backend, null)) {
            learn(70_000);
            stored(before).write(MODEL_KEY, HEADER, state::write);
            assertThat(value(before, MODEL_KEY).value()).hasSizeLessThan(100);
            assertThat(pages(before).values()).hasSizeGreaterThan(30).allMatch(page -> page.length <= LARGEST_VALUE);

            try (KeyedStateHarness after = new KeyedStateHarness(backend, before.snapshot())) {
                assertRead(after);
                stored(after).delete(MODEL);
                assertThat(after.entries()).isZero();
            }
        }
    }

    @Test
    void a_checkpoint_writes_what_changed() throws Exception {
        try (KeyedStateHarness harness = new KeyedStateHarness(Backend.HEAP, null)) {
            learn(70_000);
            stored(harness).write(MODEL_KEY, HEADER, state::write);
            Map<Integer, byte[]> before = pages(harness);
            learn(70_000);
            stored(harness).write(MODEL_KEY, HEADER, state::write);
            Map<Integer, byte[]> after = pages(harness);
            assertThat(after).hasSizeGreaterThan(30);
            after.entrySet().removeIf(page -> before.get(page.getKey()) == page.getValue());
            assertThat(after.keySet())
                    .as("the pages of the bias, of the row, and of what is not in arrays")
                    .hasSizeBetween(2, 8);
        }
    }

    private void assertRead(KeyedStateHarness harness) throws Exception {
        StoredReplicas.Stored read = stored(harness).read().get(MODEL_KEY);
        assertThat(read.header()).isEqualTo(HEADER);
        assertThat(bytes(ReplicaState.read(read.state()))).isEqualTo(bytes(state));
    }

    private static byte[] bytes(ReplicaState state) throws Exception {
        DataOutputSerializer out = new DataOutputSerializer(1 << 12);
        state.write(out);
        return out.getCopyOfBuffer();
    }

    private void learn(int row) {
        offset++;
        replica.learn(
                state,
                new Sample(
                        new Sample.Features(new double[0], new float[0], new int[] {row}, new int[0], new float[] {1}),
                        new float[] {offset % 2},
                        1,
                        false,
                        new Sample.Position(1, offset, 1_000 + offset, 0)));
    }

    private static StoredReplicas stored(KeyedStateHarness harness) throws Exception {
        return new StoredReplicas(harness.backend(), harness.store());
    }

    private static ValueState<byte[]> value(KeyedStateHarness harness, String modelKey) throws Exception {
        harness.backend().setCurrentKey(modelKey);
        return harness.backend()
                .getPartitionedState(
                        VoidNamespace.INSTANCE,
                        VoidNamespaceSerializer.INSTANCE,
                        new ValueStateDescriptor<>("replicas", BytePrimitiveArraySerializer.INSTANCE));
    }

    private static Map<Integer, byte[]> pages(KeyedStateHarness harness) throws Exception {
        return StoredPages.of(harness, MODEL_KEY, "replica-pages");
    }
}
