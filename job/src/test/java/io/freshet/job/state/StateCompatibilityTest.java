package io.freshet.job.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.TestStream;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.KeyedSampleSerializer;
import io.freshet.job.record.SampleIdSerializer;
import io.freshet.learning.features.Sample;
import io.freshet.learning.features.Sample.Revision;
import io.freshet.learning.features.SampleId;
import io.freshet.learning.features.Stage;
import io.freshet.learning.spec.PublishSpec.Lane;
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
 * <p>From the first tag on, stored bytes are never regenerated: {@link #main} writes new files for a new version.
 */
class StateCompatibilityTest {
    @Test
    void a_stored_model_state_is_read_written_again_and_learned_again() throws IOException {
        ModelState stored = read("model-state-v1", new ModelStateSerializer());
        assertThat(stored.stateHash()).isEqualTo("0d0c4356e212a547");
        assertThat(stored.published()).isEqualTo(new PublishProgress(20, Lane.COMMITTED, 3, 4, 5));
        assertThat(stored.hasPublishTimer()).isTrue();
        assertThat(write(stored, new ModelStateSerializer())).isEqualTo(stored("model-state-v1"));
        assertThat(write(ModelStateSerializerTest.state(23), new ModelStateSerializer()))
                .isEqualTo(stored("model-state-v1"));
    }

    @Test
    void a_stored_sample_is_read_and_written_again() throws IOException {
        KeyedSample stored = read("keyed-sample-v1", new KeyedSampleSerializer());
        assertThat(stored).usingRecursiveComparison().isEqualTo(sample());
        assertThat(write(stored, new KeyedSampleSerializer())).isEqualTo(stored("keyed-sample-v1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model-state-serializer-v1",
                "keyed-sample-serializer-v1",
                "page-serializer-v1",
                "sample-id-serializer-v1"
            })
    void a_stored_serializer_is_found_by_name_and_unchanged(String name) throws IOException {
        TypeSerializerSnapshot<Object> snapshot = TypeSerializerSnapshot.readVersionedSnapshot(
                new DataInputDeserializer(stored(name)), getClass().getClassLoader());
        Map<String, TypeSerializer<?>> now = Map.of(
                "model-state", new ModelStateSerializer(),
                "keyed-sample", new KeyedSampleSerializer(),
                "page", new PageSerializer(),
                "sample-id", new SampleIdSerializer());
        TypeSerializer<?> expected = now.get(name.substring(0, name.indexOf("-serializer")));
        assertThat(snapshot.restoreSerializer()).isEqualTo(expected);
    }

    /** A sample whose label may still change. */
    private static KeyedSample sample() {
        KeyedSample plain = TestStream.sample(ModelStateSerializerTest.SPEC, 7);
        Sample sample = plain.sample();
        Revision revision = new Revision(Stage.CHANGED, new SampleId(3, 9), 0.25f);
        return new KeyedSample(
                plain.modelKey(),
                plain.spec(),
                new Sample(
                        sample.features(),
                        sample.label(),
                        sample.weight(),
                        sample.holdout(),
                        sample.position(),
                        revision),
                plain.id());
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
                "model-state-v1", write(ModelStateSerializerTest.state(23), new ModelStateSerializer()),
                "keyed-sample-v1", write(sample(), new KeyedSampleSerializer()),
                "model-state-serializer-v1", write(new ModelStateSerializer()),
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
