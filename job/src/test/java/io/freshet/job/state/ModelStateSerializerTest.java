package io.freshet.job.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.job.TestStream;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.PublishSpec.Lane;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

/** Would catch a field that is not read back, and a copy that shares an array with a state that learning changes. */
class ModelStateSerializerTest {
    /** As when the compatibility states were stored: without a minimum time between snapshots. */
    static final ModelSpec SPEC = ModelSpec.parse(TestStream.whole(4).toYaml().replace(", minimumMillis: 0", ""));

    private final ModelStateSerializer serializer = new ModelStateSerializer();

    @Test
    void a_written_state_reads_back_and_no_bytes_are_left() throws IOException {
        byte[] bytes = write(state(23));
        DataInputDeserializer in = new DataInputDeserializer(bytes);
        ModelState back = serializer.deserialize(in);

        assertThat(in.available()).isZero();
        assertThat(write(back)).isEqualTo(bytes);
        assertThat(back.stateHash()).isEqualTo(SPEC.stateHash());
        assertThat(back.published()).isEqualTo(new PublishProgress(20, Lane.COMMITTED, 3, 4, 5));
        assertThat(back.publishTimer()).isEqualTo(ModelState.UNKNOWN_TIMER);
        assertThat(back.learner().pending().size()).isEqualTo(3);
    }

    @Test
    void a_copy_does_not_change_when_the_original_learns() throws IOException {
        ModelState state = state(23);
        ModelState copy = serializer.copy(state);
        ModelState reused = serializer.copy(state, state(1));
        byte[] before = write(state);
        Learner learner = new Learner(SPEC);
        for (long offset = 23; offset < 50; offset++) {
            learner.learn(state.learner(), TestStream.sample(SPEC, offset).sample());
        }
        learner.nextWindow(state.learner());
        state.published(PublishProgress.NOTHING);
        state.publishTimer(ModelState.NO_TIMER);

        assertThat(write(copy)).isEqualTo(before);
        assertThat(write(reused)).isEqualTo(before);
        assertThat(write(state)).isNotEqualTo(before);
        assertThat(serializer.isImmutableType()).isFalse();
    }

    @Test
    void bytes_are_copied_one_state_at_a_time() throws IOException {
        DataOutputSerializer all = new DataOutputSerializer(64);
        serializer.serialize(state(3), all);
        serializer.serialize(state(9), all);
        DataInputDeserializer in = new DataInputDeserializer(all.getCopyOfBuffer());
        DataOutputSerializer copy = new DataOutputSerializer(64);
        serializer.copy(in, copy);
        assertThat(copy.getCopyOfBuffer()).isEqualTo(write(state(3)));
        serializer.copy(in, copy);
        assertThat(copy.getCopyOfBuffer()).isEqualTo(all.getCopyOfBuffer());
    }

    @Test
    void duplicates_serve_two_threads_at_once() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Callable<Boolean>> tasks =
                    List.of(() -> roundTrips(serializer.duplicate(), 7), () -> roundTrips(serializer.duplicate(), 31));
            for (Future<Boolean> result : threads.invokeAll(tasks)) {
                assertThat(result.get()).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void flink_restores_the_serializer_from_a_checkpoint() throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        TypeSerializerSnapshot.writeVersionedSnapshot(out, serializer.snapshotConfiguration());
        TypeSerializerSnapshot<ModelState> read = TypeSerializerSnapshot.readVersionedSnapshot(
                new DataInputDeserializer(out.getCopyOfBuffer()), getClass().getClassLoader());

        assertThat(read.restoreSerializer()).isEqualTo(serializer);
        assertThat(serializer
                        .snapshotConfiguration()
                        .resolveSchemaCompatibility(read)
                        .isCompatibleAsIs())
                .isTrue();
    }

    @Test
    void every_lane_reads_back() throws IOException {
        for (PublishProgress published : List.of(
                PublishProgress.NOTHING,
                new PublishProgress(7, Lane.EAGER, 0, 0, PublishProgress.NO_SNAPSHOT),
                new PublishProgress(1L << 40, Lane.COMMITTED, 64, 19, 0))) {
            ModelState state = state(3);
            state.published(published);
            assertThat(serializer
                            .deserialize(new DataInputDeserializer(write(state)))
                            .published())
                    .isEqualTo(published);
        }
    }

    @Test
    void an_unknown_version_is_an_error_that_names_it() {
        assertThatThrownBy(() -> serializer.deserialize(new DataInputDeserializer(new byte[] {99})))
                .isInstanceOf(IOException.class)
                .hasMessage("model state: version 99 (expected: 1)");
    }

    /** Returns the state after {@code samples} samples, with all full batches published. */
    static ModelState state(int samples) {
        Learner learner = new Learner(SPEC);
        ModelState state = new ModelState(
                learner.stateHash(), learner.start(), PublishProgress.NOTHING, ModelState.NO_TIMER, Activity.start());
        for (long offset = 0; offset < samples; offset++) {
            learner.learn(state.learner(), TestStream.sample(SPEC, offset).sample());
            if (offset == 10) {
                learner.nextWindow(state.learner());
            }
        }
        state.published(new PublishProgress(state.learner().samples(), Lane.COMMITTED, 3, 4, 5));
        state.publishTimer(123);
        return state;
    }

    private static byte[] write(ModelState state) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        new ModelStateSerializer().serialize(state, out);
        return out.getCopyOfBuffer();
    }

    private static boolean roundTrips(TypeSerializer<ModelState> duplicate, int samples) throws IOException {
        byte[] bytes = write(state(samples));
        for (int i = 0; i < 300; i++) {
            DataOutputSerializer out = new DataOutputSerializer(64);
            duplicate.serialize(duplicate.copy(duplicate.deserialize(new DataInputDeserializer(bytes))), out);
            if (!java.util.Arrays.equals(out.getCopyOfBuffer(), bytes)) {
                return false;
            }
        }
        return true;
    }
}
