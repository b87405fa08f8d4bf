package io.freshet.job.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.job.TestStream;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.KeyedSampleSerializer;
import io.freshet.job.record.SampleIdSerializer;
import io.freshet.learning.evaluation.Metric;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.stream.PublishSpec.Lane;
import io.freshet.learning.state.LearnerState;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Would catch a change that makes users' savepoints unreadable: to the bytes of a value, to the name of a serializer, which
 * every checkpoint stores, or to the state hash of a specification, which would reset every model.
 *
 * <p>The stored bytes are never regenerated: {@link #main} writes new files for a new version.
 */
class StateCompatibilityTest {
    private static final ModelSpec SPEC = ModelStateSerializerTest.SPEC;

    @ParameterizedTest
    @ValueSource(strings = {"model-state-v2", "model-state-v3", "model-state-v3-learner-v3"})
    void a_stored_model_state_is_read_and_continues_learning(String name) throws IOException {
        ModelState stored = read(name, new ModelStateSerializer());
        assertThat(stored.stateHash()).isEqualTo("0d0c4356e212a547");
        assertThat(stored.published()).isEqualTo(new PublishProgress(20, Lane.COMMITTED, 3, 4, 5));
        assertThat(stored.hasPublishTimer()).isTrue();

        Learner learner = new Learner(SPEC);
        LearnerState state = stored.learner();
        for (long offset = 23; offset < 60; offset++) {
            learner.learn(state, TestStream.sample(SPEC, offset).sample());
        }
        // Not the bits of a model that learns all 60 samples now: the stored moments count every sample as one.
        assertThat(state.weights().array())
                .startsWith(0.07876177f, 0.06461959f, 0.17718044f, 0.14501578f, 0.1459738f, 0.029180285f)
                .endsWith(0.05297239f, 0.0044575674f);
        assertThat(state.moments())
                .containsExactly(
                        62.431262478232384,
                        0.4027112811329959,
                        165.62025485730746,
                        520.3382712178842,
                        4784551.584314562);
        assertThat(state.total().metrics().loss()).isEqualTo(0.644737803782012);
        // Older versions counted the scores for AUC in bins.
        assertThat(state.total().metrics().get(Metric.AUC)).isCloseTo(0.835, within(0.02));
    }

    @Test
    void a_model_state_of_this_version_is_written_again_and_learned_again() throws IOException {
        byte[] stored = stored("model-state-v3-learner-v4");
        ModelState read = read("model-state-v3-learner-v4", new ModelStateSerializer());
        assertThat(write(read, new ModelStateSerializer())).isEqualTo(stored);
        assertThat(write(ModelStateSerializerTest.state(23), new ModelStateSerializer()))
                .isEqualTo(stored);
    }

    @Test
    void a_stored_sample_is_read() throws IOException {
        KeyedSample stored = read("keyed-sample-v2", new KeyedSampleSerializer());
        assertThat(stored.modelKey()).isEqualTo("whole/");
        assertThat(stored.sample().numeric()).containsExactly(sample().sample().numeric());
        assertThat(stored.sample().offset()).isEqualTo(7);
        assertThat(stored).usingRecursiveComparison().isEqualTo(sample());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model-state-serializer-v1",
                "keyed-sample-serializer-v1",
                "block-serializer-v1",
                "page-serializer-v1",
                "sample-id-serializer-v1"
            })
    void a_stored_serializer_is_found_by_name_and_unchanged(String name) throws IOException {
        TypeSerializerSnapshot<Object> snapshot = TypeSerializerSnapshot.readVersionedSnapshot(
                new DataInputDeserializer(stored(name)), getClass().getClassLoader());
        Map<String, TypeSerializer<?>> now = Map.of(
                "model-state", new ModelStateSerializer(),
                "keyed-sample", new KeyedSampleSerializer(),
                "block", new BlockSerializer(),
                "page", new PageSerializer(),
                "sample-id", new SampleIdSerializer());
        TypeSerializer<?> expected = now.get(name.substring(0, name.indexOf("-serializer")));
        assertThat(snapshot.restoreSerializer()).isEqualTo(expected);
    }

    private static KeyedSample sample() {
        return TestStream.sample(SPEC, 7);
    }

    private static <T> T read(String name, TypeSerializer<T> serializer) throws IOException {
        DataInputDeserializer in = new DataInputDeserializer(stored(name));
        T value = serializer.deserialize(in);
        assertThat(in.available()).isZero();
        return value;
    }

    private static byte[] stored(String name) throws IOException {
        try (InputStream in = StateCompatibilityTest.class.getResourceAsStream("/compatibility/" + name + ".bin")) {
            return in.readAllBytes();
        }
    }

    private static <T> byte[] write(T value, TypeSerializer<T> serializer) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        serializer.serialize(value, out);
        return out.getCopyOfBuffer();
    }

    private static byte[] write(TypeSerializer<?> serializer) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        TypeSerializerSnapshot.writeVersionedSnapshot(out, serializer.snapshotConfiguration());
        return out.getCopyOfBuffer();
    }

    /** Writes the missing files of this version into a directory. */
    public static void main(String[] arguments) throws IOException {
        Map<String, byte[]> files = Map.of(
                "model-state-v3-learner-v4", write(ModelStateSerializerTest.state(23), new ModelStateSerializer()),
                "keyed-sample-v2", write(sample(), new KeyedSampleSerializer()),
                "model-state-serializer-v1", write(new ModelStateSerializer()),
                "block-serializer-v1", write(new BlockSerializer()),
                "page-serializer-v1", write(new PageSerializer()),
                "sample-id-serializer-v1", write(new SampleIdSerializer()),
                "keyed-sample-serializer-v1", write(new KeyedSampleSerializer()));
        for (Map.Entry<String, byte[]> entry : files.entrySet()) {
            Path file = Path.of(arguments[0], entry.getKey() + ".bin");
            if (Files.notExists(file)) {
                Files.write(file, entry.getValue());
            }
        }
    }
}
