package io.freshet.job.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.job.TestStream;
import io.freshet.learning.features.Sample;
import io.freshet.learning.features.SampleId;
import io.freshet.learning.features.Stage;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Would catch a field that is not read back, a length that overflows, and scratch space shared between threads. */
class SerializersTest {
    /** A serializer, the type information that creates it, and values of all shapes. */
    record Case<T>(String name, TypeSerializer<T> serializer, TypeInformation<T> type, List<T> values) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case<?>> cases() {
        byte[] large = new byte[300_000];
        Arrays.fill(large, (byte) 7);
        String longName = "h".repeat(70_000) + "é";
        return Stream.of(
                new Case<>(
                        "source records",
                        SourceRecord.TYPE.createSerializer(new SerializerConfigImpl()),
                        SourceRecord.TYPE,
                        List.of(
                                new SourceRecord(0, 0, -1, null, null, RecordHeaders.NONE),
                                new SourceRecord(
                                        Integer.MAX_VALUE,
                                        Long.MAX_VALUE,
                                        Long.MIN_VALUE,
                                        new byte[0],
                                        large,
                                        new RecordHeaders(
                                                new String[] {"", longName, "twice", "twice"},
                                                new byte[][] {null, {1}, {}, large})))),
                new Case<>(
                        "keyed samples",
                        new KeyedSampleSerializer(),
                        KeyedSampleSerializer.type(),
                        List.of(
                                TestStream.sample(TestStream.keyed(), 3),
                                new KeyedSample(
                                        "m/" + longName + "\uD83C\uDF0A",
                                        Long.MIN_VALUE,
                                        Sample.of(
                                                new double[] {-0.0, Double.MIN_VALUE, 1e300},
                                                new int[0],
                                                new float[0],
                                                -0f,
                                                Float.MIN_VALUE,
                                                new Sample.Position(5, Long.MAX_VALUE, -1, 0))),
                                new KeyedSample(
                                        "m/",
                                        -1,
                                        Sample.of(
                                                new double[0],
                                                new int[] {1, Integer.MAX_VALUE},
                                                new float[] {1, -2.5f},
                                                3,
                                                0,
                                                new Sample.Position(0, 0, 0, 0))),
                                new KeyedSample(
                                        "m/k",
                                        1,
                                        new Sample(
                                                sequence(new float[3]).features(),
                                                new float[] {1},
                                                2,
                                                false,
                                                new Sample.Position(1, 2, 3, 0),
                                                new Sample.Revision(Stage.CHANGED, new SampleId(5, 6), 0.25f))),
                                new KeyedSample(
                                        "m/k",
                                        1,
                                        Sample.closed(
                                                new float[] {1},
                                                true,
                                                new Sample.Position(1, 2, 3, 0),
                                                new SampleId(-1, 6)),
                                        new SampleId(-1, 6)),
                                new KeyedSample("m/k", 1, sequence(new float[1000])),
                                new KeyedSample("m/k", 1, sequence(new float[0])),
                                new KeyedSample("m/k", 1, sequence(new float[2]), new SampleId(Long.MIN_VALUE, 1)))),
                new Case<>(
                        "inputs of the decoder",
                        new TrainerInputSerializer(),
                        TrainerInputSerializer.type(),
                        List.of(
                                new SourceRecord(1, 2, 3, null, large, RecordHeaders.NONE),
                                new SpecChange.Applied(longName, "yaml: " + longName),
                                new SpecChange.WarmStartPart("m", "c0ffee", Integer.MAX_VALUE, large))),
                new Case<>(
                        "inputs of the learner",
                        new TrainerInputSerializer(),
                        TrainerInputSerializer.type(),
                        List.of(
                                TestStream.sample(TestStream.keyed(), 3),
                                SpecChange.deleted("m"),
                                new SpecChange.WarmStartPart("m", "c0ffee", 1, large))),
                new Case<>(
                        "outgoing records",
                        OutputRecord.TYPE.createSerializer(new SerializerConfigImpl()),
                        OutputRecord.TYPE,
                        List.of(
                                new OutputRecord("", null, null, 0, RecordHeaders.NONE),
                                new OutputRecord(true, "m", new byte[] {1}, null, 2, RecordHeaders.NONE),
                                new OutputRecord(
                                        "m/k",
                                        large,
                                        new byte[0],
                                        -1,
                                        new RecordHeaders(new String[] {longName, "b"}, new byte[][] {null, large})))));
    }

    /** Returns a sample with every optional part: vector, hashed fields, a label of several numbers, holdout, and epoch. */
    private static Sample sequence(float[] dense) {
        Arrays.fill(dense, Float.MIN_VALUE);
        return new Sample(
                new Sample.Features(
                        new double[] {1}, dense, new int[] {5, 3, 4}, new int[] {1, 3}, new float[] {1, -0f, 2}),
                new float[] {0, 2, 1},
                0.5f,
                true,
                new Sample.Position(Integer.MAX_VALUE, 3, -4, Integer.MAX_VALUE));
    }

    @ParameterizedTest
    @MethodSource("cases")
    <T> void written_values_read_back_and_no_bytes_are_left(Case<T> serialized) throws IOException {
        for (T value : serialized.values()) {
            byte[] bytes = write(serialized.serializer(), value);
            DataInputDeserializer in = new DataInputDeserializer(bytes);
            T back = serialized.serializer().deserialize(in);

            assertThat(in.available()).isZero();
            assertThat(back)
                    .usingRecursiveComparison()
                    .withEqualsForType(Arrays::equals, byte[].class)
                    .withEqualsForType(Float::equals, Float.class)
                    .isEqualTo(value);
            assertThat(write(serialized.serializer(), back)).isEqualTo(bytes);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    <T> void bytes_are_copied_one_value_at_a_time(Case<T> serialized) throws IOException {
        DataOutputSerializer all = new DataOutputSerializer(64);
        for (T value : serialized.values()) {
            serialized.serializer().serialize(value, all);
        }
        DataInputDeserializer in = new DataInputDeserializer(all.getCopyOfBuffer());
        for (T value : serialized.values()) {
            DataOutputSerializer copy = new DataOutputSerializer(64);
            serialized.serializer().copy(in, copy);
            assertThat(copy.getCopyOfBuffer()).isEqualTo(write(serialized.serializer(), value));
        }
        assertThat(in.available()).isZero();
    }

    @ParameterizedTest
    @MethodSource("cases")
    <T> void duplicates_serve_two_threads_at_once(Case<T> serialized) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Callable<Boolean>> tasks = Stream.of(serialized.serializer(), serialized.serializer())
                    .map(TypeSerializer::duplicate)
                    .<Callable<Boolean>>map(duplicate -> () -> roundTrips(duplicate, serialized.values()))
                    .toList();
            for (Future<Boolean> result : threads.invokeAll(tasks)) {
                assertThat(result.get()).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    <T> void flink_creates_the_serializer_from_the_type(Case<T> serialized) {
        assertThat(serialized.type().createSerializer(new SerializerConfigImpl()))
                .isEqualTo(serialized.serializer());
    }

    @Test
    void flink_restores_the_serializer_of_samples_from_a_checkpoint() throws IOException {
        TypeSerializer<KeyedSample> made = new KeyedSampleSerializer();
        DataOutputSerializer out = new DataOutputSerializer(64);
        TypeSerializerSnapshot.writeVersionedSnapshot(out, made.snapshotConfiguration());
        TypeSerializerSnapshot<KeyedSample> read = TypeSerializerSnapshot.readVersionedSnapshot(
                new DataInputDeserializer(out.getCopyOfBuffer()), getClass().getClassLoader());

        assertThat(read.restoreSerializer()).isEqualTo(made);
        assertThat(made.snapshotConfiguration().resolveSchemaCompatibility(read).isCompatibleAsIs())
                .isTrue();
    }

    @Test
    void a_type_that_only_crosses_edges_is_refused_as_state() {
        assertThatThrownBy(() -> new TrainerInputSerializer().snapshotConfiguration())
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessage("TrainerInputSerializer: no serializer of state");
    }

    @Test
    void a_keyed_sample_of_another_version_is_refused() throws IOException {
        byte[] bytes = write(new KeyedSampleSerializer(), new KeyedSample("m/k", 1, sequence(new float[3])));
        for (byte version : new byte[] {0, 2}) {
            bytes[0] = version;
            assertThatThrownBy(() -> new KeyedSampleSerializer().deserialize(new DataInputDeserializer(bytes)))
                    .isInstanceOf(IOException.class)
                    .hasMessage("sample: version " + version + " (expected: 1)");
        }
    }

    private static <T> boolean roundTrips(TypeSerializer<T> serializer, List<T> values) throws IOException {
        for (int i = 0; i < 20; i++) {
            for (T value : values) {
                byte[] bytes = write(serializer, value);
                T back = serializer.deserialize(new DataInputDeserializer(bytes));
                if (!Arrays.equals(bytes, write(serializer, serializer.copy(back)))) {
                    return false;
                }
            }
        }
        return true;
    }

    private static <T> byte[] write(TypeSerializer<T> serializer, T value) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        serializer.serialize(value, out);
        return out.getCopyOfBuffer();
    }
}
