package io.freshet.schemas.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Stage;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Would catch a record that differs from the output of Avro's own writer. */
class RowEncoderTest {
    private static final RowLayout LAYOUT = new RowLayout(
            List.of("distance_miles", "late", "Größe", "w"),
            List.of("origin", "dest", "sparse features", "both"),
            List.of("pixel*", "Maß"));

    private final RowEncoder encoder = new RowEncoder(LAYOUT);
    private final Row row = new Row(LAYOUT);

    @Test
    void writes_what_avro_writes_and_the_decoder_reads_it_back() throws Exception {
        long seed = new Random().nextLong();
        System.out.println("RowEncoderTest: seed " + seed);
        Random random = new Random(seed);
        SampleWriter avro = new SampleWriter();
        SampleDecoder decoder = new SampleDecoder(LAYOUT);
        Row back = new Row(LAYOUT);

        for (int i = 0; i < 2000; i++) {
            Map<String, Double> numbers = randomNumbers(random);
            Map<String, String> texts = randomTexts(random);
            long eventTime = random.nextInt(3) == 0 ? 0 : random.nextLong() >> random.nextInt(60);
            String model = random.nextInt(3) == 0 ? text(random, 20) : "";
            String id = random.nextInt(3) == 0 ? text(random, 700) : "";
            Map<String, float[]> vectors = randomVectors(random);
            int epoch = random.nextInt(3) == 0 ? random.nextInt() : 0;
            Map<String, SparseVector> sparse = randomSparseVectors(random);
            row.clear();
            row.eventTime(eventTime);
            numbers.forEach((name, value) -> row.number(LAYOUT.number(name), value));
            texts.forEach((name, value) -> row.copyText(LAYOUT.text(name), value));
            vectors.forEach((name, vector) ->
                    System.arraycopy(vector, 0, row.vector(LAYOUT.vector(name), vector.length), 0, vector.length));
            sparse.forEach((name, vector) -> set(row, LAYOUT.text(name), vector));
            row.id(id);
            row.epoch(epoch);
            Stage stage = Stage.of(random.nextInt(4));
            row.stage(stage);
            Object previous = randomPrevious(random);
            if (previous instanceof Double number) {
                row.previous(number);
            } else if (previous instanceof String text) {
                row.previous(text.getBytes(StandardCharsets.UTF_8));
            }

            byte[] bytes = encoder.encode(row, model);

            // Avro writes an instant as a long of milliseconds, so the bytes are the same.
            assertThat(bytes)
                    .as("seed %d, row %d", seed, i)
                    .isEqualTo(avro.write(
                            new SampleHeader(id, model, eventTime, epoch, stage, previous),
                            numbers,
                            texts,
                            vectors,
                            sparse));
            decoder.decode(bytes, 0, back);
            assertThat(decoder.model()).isEqualTo(model);
            assertSame(back, row);
        }
    }

    @Test
    void leaves_out_missing_fields() {
        row.clear();

        assertThat(encoder.encode(row, ""))
                .hasSize(SampleDecoder.HEADER + 10)
                .isEqualTo(new SampleWriter().write("", "", 0, Map.of(), Map.of()));
    }

    @Test
    void encoding_the_next_row_does_not_change_the_previous_bytes() {
        row.clear();
        row.copyText(0, "JFK");
        byte[] first = encoder.encode(row, "");
        byte[] kept = first.clone();
        row.clear();
        row.copyText(0, "LAX");

        encoder.encode(row, "");

        assertThat(first).isEqualTo(kept);
    }

    /** Would catch a text in the place of a number that is lost on the way, and then learned as a missing one. */
    @Test
    void a_text_in_the_place_of_a_number_is_written_once_and_read_back() throws Exception {
        RowLayout layout = new RowLayout(List.of("a", "b", "c"), List.of("b", "t"));
        Row words = new Row(layout);
        words.copyText(0, "NA");
        words.copyText(1, "x");
        for (int i = 0; i < 3; i++) {
            words.word(i, " NA ".toCharArray(), 0, 4, true);
        }
        words.number(2, 5);
        byte[] bytes = new RowEncoder(layout).encode(words, "");
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("b", "NA");
        texts.put("t", "x");
        texts.put("a", "NA");
        assertThat(bytes).isEqualTo(new SampleWriter().write("", "", 0, Map.of("c", 5.0), texts));
        Row back = new Row(layout);
        new SampleDecoder(layout).decode(bytes, 0, back);
        assertThat(back.word(0)).isEqualTo("NA");
        assertThat(back.word(1)).isEqualTo("NA");
        assertThat(back.isWord(2)).isFalse();
        assertThat(back.number(2)).isEqualTo(5);
        assertThat(back.text(0)).isEqualTo("NA");
    }

    @Test
    void writes_only_the_fields_that_it_is_for() throws Exception {
        row.clear();
        row.number(0, 2.5);
        row.number(1, 1);
        row.copyText(0, "JFK");
        row.copyText(1, "LAX");
        row.vector(0, 2)[1] = 3;
        row.sparse(2, 1);

        byte[] bytes = new RowEncoder(LAYOUT, List.of("late", "dest")::contains).encode(row, "");

        assertThat(bytes).isEqualTo(new SampleWriter().write("", "", 0, Map.of("late", 1.0), Map.of("dest", "LAX")));
    }

    @Test
    void a_text_is_added_to_a_decoded_record() throws Exception {
        byte[] request = new SampleWriter().write("r1", "", 5, Map.of("w", 1.5), Map.of("origin", "ZRH"));
        new SampleDecoder(LAYOUT).decode(request, 0, row);

        row.addText(1, "Genève");
        row.stage(Stage.OPEN);

        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("origin", "ZRH");
        texts.put("dest", "Genève");
        SampleHeader header = new SampleHeader("r1", "", 5, 0, Stage.OPEN, null);
        assertThat(encoder.encode(row, ""))
                .isEqualTo(new SampleWriter().write(header, Map.of("w", 1.5), texts, Map.of()));
    }

    private static Object randomPrevious(Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> random.nextGaussian();
            case 1 -> text(random, 50);
            default -> null;
        };
    }

    private static void assertSame(Row actual, Row expected) {
        assertThat(actual.stage()).isEqualTo(expected.stage());
        assertThat(Double.compare(actual.previousNumber(), expected.previousNumber()))
                .isZero();
        assertThat(actual.previousText()).isEqualTo(expected.previousText());
        assertThat(actual.id()).isEqualTo(expected.id());
        assertThat(actual.epoch()).isEqualTo(expected.epoch());
        for (int i = 0; i < LAYOUT.vectors().size(); i++) {
            assertThat(actual.vectorLength(i)).isEqualTo(expected.vectorLength(i));
            for (int k = 0; k < actual.vectorLength(i); k++) {
                assertThat(Float.floatToRawIntBits(actual.vector(i)[k]))
                        .isEqualTo(Float.floatToRawIntBits(expected.vector(i)[k]));
            }
        }
        assertThat(actual.eventTime()).isEqualTo(expected.eventTime());
        for (int i = 0; i < LAYOUT.numbers().size(); i++) {
            assertThat(actual.hasNumber(i)).isEqualTo(expected.hasNumber(i));
            assertThat(Double.doubleToRawLongBits(actual.number(i)))
                    .isEqualTo(Double.doubleToRawLongBits(expected.number(i)));
        }
        for (int i = 0; i < LAYOUT.texts().size(); i++) {
            assertThat(actual.hasText(i)).isEqualTo(expected.hasText(i));
            if (actual.hasText(i)) {
                assertThat(actual.text(i)).isEqualTo(expected.text(i));
            }
            assertThat(actual.sparseLength(i)).isEqualTo(expected.sparseLength(i));
            for (int k = 0; k < actual.sparseLength(i); k++) {
                assertThat(actual.sparseIndices(i)[k]).isEqualTo(expected.sparseIndices(i)[k]);
                assertThat(Float.floatToRawIntBits(actual.sparseValues(i)[k]))
                        .isEqualTo(Float.floatToRawIntBits(expected.sparseValues(i)[k]));
            }
        }
    }

    private static Map<String, Double> randomNumbers(Random random) {
        Map<String, Double> numbers = new LinkedHashMap<>();
        for (String name : LAYOUT.numbers()) {
            switch (random.nextInt(6)) {
                case 0 -> {}
                case 1 -> numbers.put(name, Double.longBitsToDouble(random.nextLong() & ~(1L << 62)));
                case 2 -> numbers.put(name, random.nextBoolean() ? Double.NaN : Double.NEGATIVE_INFINITY);
                default -> numbers.put(name, random.nextInt(2000) / 8.0);
            }
        }
        return numbers;
    }

    private static Map<String, float[]> randomVectors(Random random) {
        Map<String, float[]> vectors = new LinkedHashMap<>();
        for (String name : LAYOUT.vectors()) {
            if (random.nextInt(4) != 0) {
                float[] vector = new float[random.nextInt(random.nextInt(20) == 0 ? 2000 : 4)];
                for (int i = 0; i < vector.length; i++) {
                    vector[i] = random.nextInt(5) == 0 ? Float.NaN : random.nextFloat();
                }
                vectors.put(RowLayout.wireName(name), vector);
            }
        }
        return vectors;
    }

    private static void set(Row row, int place, SparseVector vector) {
        int length = vector.indices().length;
        row.sparse(place, length);
        System.arraycopy(vector.indices(), 0, row.sparseIndices(place), 0, length);
        System.arraycopy(vector.values(), 0, row.sparseValues(place), 0, length);
    }

    private static Map<String, SparseVector> randomSparseVectors(Random random) {
        Map<String, SparseVector> vectors = new LinkedHashMap<>();
        for (String name : LAYOUT.texts()) {
            if (random.nextInt(3) == 0) {
                int[] indices = new int[random.nextInt(random.nextInt(20) == 0 ? 2000 : 4)];
                float[] values = new float[indices.length];
                boolean ones = random.nextBoolean();
                for (int i = 0; i < indices.length; i++) {
                    indices[i] = random.nextInt() >> random.nextInt(32);
                    values[i] = ones ? 1 : random.nextInt(5) == 0 ? Float.NaN : random.nextFloat();
                }
                vectors.put(name, new SparseVector(indices, values));
            }
        }
        return vectors;
    }

    private static Map<String, String> randomTexts(Random random) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (String name : LAYOUT.texts()) {
            if (random.nextInt(5) != 0) {
                texts.put(name, text(random, random.nextInt(50) == 0 ? 3000 : 12));
            }
        }
        return texts;
    }

    private static String text(Random random, int maximum) {
        int[] alphabet = {'a', 'Z', '0', ' ', ':', '"', 0xe9, 0x20ac, 0x1f30a};
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(maximum); length > 0; length--) {
            text.appendCodePoint(alphabet[random.nextInt(alphabet.length)]);
        }
        return text.toString();
    }
}
