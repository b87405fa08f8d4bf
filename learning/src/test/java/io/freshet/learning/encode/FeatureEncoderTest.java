package io.freshet.learning.encode;

import static io.freshet.learning.encode.Flight.BINARY;
import static io.freshet.learning.encode.Flight.GOOD;
import static io.freshet.learning.encode.Flight.assertRejected;
import static io.freshet.learning.encode.Flight.encode;
import static io.freshet.learning.encode.Flight.row;
import static io.freshet.learning.encode.Flight.with;
import static io.freshet.learning.encode.Flight.without;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.MurmurHash3;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Sample;
import io.freshet.learning.spec.ModelSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a feature on the wrong row, a value lost in a collision, and an invalid field that is accepted. */
class FeatureEncoderTest {
    private static final long SEED = 20260106;

    @Test
    void encodes_every_kind_of_feature_on_the_row_of_its_hash_or_index() throws InvalidSampleException {
        Sample sample = encode(BINARY, GOOD);

        int first = 3;
        Map<Integer, Float> expected = new LinkedHashMap<>();
        expected.put(first + (hash("ZRH", hash("origin", 42)) & 4095), 1f);
        int cross = hash("dest", hash("origin", 42 ^ 0x63726f73));
        expected.put(first + (hash("JFK", hash("ZRH", cross)) & 4095), 1f);
        expected.put(first + 7, 0.5f);
        expected.put(first + 9, 2f);
        assertThat(expected).hasSize(4);
        assertThat(sample.rows())
                .containsExactly(expected.keySet().stream().mapToInt(i -> i).toArray());
        for (int i = 0; i < sample.rows().length; i++) {
            assertThat(sample.values()[i]).isEqualTo(expected.get(sample.rows()[i]));
        }
        assertThat(sample.numeric()).containsExactly(12.5, -3.0);
        assertThat(sample.label()).containsExactly(1);
        assertThat(sample.weight()).isEqualTo(2);
        assertThat(sample.partition()).isEqualTo(5);
        assertThat(sample.offset()).isEqualTo(77);
        assertThat(sample.eventTime()).isEqualTo(1234);
    }

    @Test
    void a_prediction_request_needs_no_label_or_weight_and_encodes_the_same_features() throws InvalidSampleException {
        Map<String, Object> request = without(without(GOOD, "late"), "w");
        ModelSpec spec = ModelSpec.parse(BINARY);
        RowLayout layout = RowLayout.of(List.of(spec));
        Sample sample = new FeatureEncoder(spec, layout).encodeFeatures(row(layout, request));
        Sample learned = encode(BINARY, GOOD);
        assertThat(sample.rows()).isEqualTo(learned.rows());
        assertThat(sample.values()).isEqualTo(learned.values());
        assertThat(sample.numeric()).isEqualTo(learned.numeric());
        assertThat(sample.label()).isEmpty();
        assertThat(sample.weight()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            distance, a number
            hour,     a number
            late,     a number
            w,        a number from 0 to 3.4e38
            origin,   a text
            dest,     a text
            tags,     pairs index:value
            """)
    void names_a_missing_field(String field, String expected) {
        assertRejected(BINARY, without(GOOD, field)).hasMessage(field + ": missing (expected: " + expected + ")");
    }

    @ParameterizedTest
    @CsvSource({"distance", "late", "w"})
    void names_a_number_that_is_not_finite_as_a_float(String field) {
        for (double value :
                new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1e39, -1e300}) {
            assertRejected(BINARY, with(GOOD, field, value))
                    .hasMessageStartingWith(field + ": " + value + " (expected: ");
        }
    }

    @Test
    void reports_a_number_beyond_the_range_of_a_float_as_too_large() {
        String magnitude = "a number of magnitude up to 3.4e38)";
        assertRejected(BINARY, with(GOOD, "distance", 1e39)).hasMessage("distance: 1.0E39 (expected: " + magnitude);
        assertRejected(BINARY, with(GOOD, "hour", -3.5e38)).hasMessage("hour: -3.5E38 (expected: " + magnitude);
        assertRejected(BINARY, with(GOOD, "hour", Double.NaN)).hasMessage("hour: NaN (expected: a number)");
        assertRejected(BINARY, with(GOOD, "w", 1e39)).hasMessage("w: 1.0E39 (expected: a number from 0 to 3.4e38)");
    }

    /** Would catch an infinite weight, which would outweigh all other samples of a batch. */
    @Test
    void rejects_a_weight_made_infinite_by_its_sampling_rate() throws InvalidSampleException {
        String sampled = BINARY + "samplingRate: hour\n";
        Map<String, Object> record = with(with(GOOD, "hour", 1e-6), "w", 1e30);
        assertThat(encode(sampled, record).weight()).isEqualTo(1e36f);
        assertThatThrownBy(() -> encode(sampled, with(record, "w", 1e35)))
                .hasMessage("w: 1.0E35 (expected: a number that fits a float after division by 1.0E-6)");
    }

    @Test
    void rejects_a_negative_weight_and_accepts_0() throws InvalidSampleException {
        assertRejected(BINARY, with(GOOD, "w", -0.5)).hasMessage("w: -0.5 (expected: a number from 0 to 3.4e38)");
        assertThat(encode(BINARY, with(GOOD, "w", 0.0)).weight()).isZero();
    }

    /** Would catch a hash table that loses or repeats a row: in a collision, when it grows, or from an earlier sample. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4, 12, 20})
    void rows_keep_their_order_and_colliding_values_are_added(int bits) throws InvalidSampleException {
        ModelSpec spec = ModelSpec.parse(BINARY.replace("hashBits: 12", "hashBits: " + bits));
        RowLayout layout = RowLayout.of(List.of(spec));
        FeatureEncoder encoder = new FeatureEncoder(spec, layout);
        int mask = (1 << bits) - 1;
        int cross = hash("dest", hash("origin", 42 ^ 0x63726f73));
        SplittableRandom random = new SplittableRandom(SEED);
        for (int trial = 0; trial < 300; trial++) {
            Map<Integer, Float> expected = new LinkedHashMap<>();
            expected.merge(3 + (hash("ZRH", hash("origin", 42)) & mask), 1f, Float::sum);
            expected.merge(3 + (hash("JFK", hash("ZRH", cross)) & mask), 1f, Float::sum);
            StringBuilder tags = new StringBuilder();
            for (int i = random.nextInt(trial % 10 == 9 ? 3000 : 40); i > 0; i--) {
                int index = random.nextInt(1 << random.nextInt(1, 20));
                float value = random.nextInt(-1000, 1000) / 7f;
                tags.append(index).append(':').append((double) value).append(' ');
                expected.merge(3 + index % (mask + 1), value, Float::sum);
            }
            Sample sample = encoder.encodeFeatures(row(layout, with(GOOD, "tags", tags.toString())));
            assertThat(sample.rows())
                    .as("seed %d, trial %d", SEED, trial)
                    .containsExactly(
                            expected.keySet().stream().mapToInt(row -> row).toArray());
            for (int i = 0; i < sample.rows().length; i++) {
                assertThat(sample.values()[i]).isEqualTo(expected.get(sample.rows()[i]));
            }
        }
    }

    @Test
    void a_model_that_separates_fields_keeps_a_row_in_each_field() throws InvalidSampleException {
        String separate = """
                name: m
                label: y
                features: {categorical: [a, b], tokens: [t], hashBits: 1}
                model: {type: embedding-mlp}
                loss: mean-squared-error
                """;
        Sample sample = encode(separate, Map.of("y", 1.0, "a", "x", "b", "y", "t", "p q r s t u v w"));

        assertThat(sample.ends()).containsExactly(1, 2, 4);
        assertThat(sample.rows()).hasSize(4).containsOnly(1, 2);
        assertThat(sample.rows()[2]).isNotEqualTo(sample.rows()[3]);
        assertThat(sample.values()[2] + sample.values()[3]).isEqualTo(8);
    }

    @Test
    void a_binary_sparse_vector_equals_its_text() throws InvalidSampleException {
        ModelSpec spec = ModelSpec.parse(BINARY);
        RowLayout layout = RowLayout.of(List.of(spec));
        FeatureEncoder encoder = new FeatureEncoder(spec, layout);
        Sample text = encoder.encodeFeatures(row(layout, with(GOOD, "tags", "7:0.5 900000:-2.25 7:1")));
        Row row = row(layout, without(GOOD, "tags"));
        setTags(row, layout, new int[] {7, 900_000, 7}, new float[] {0.5f, -2.25f, 1});

        Sample binary = encoder.encodeFeatures(row);

        assertThat(binary.rows()).isEqualTo(text.rows());
        assertThat(binary.values()).isEqualTo(text.values());
        setTags(row, layout, new int[] {7, -1}, new float[] {1, 1});
        assertThatThrownBy(() -> encoder.encodeFeatures(row)).hasMessage("tags[1]: index -1 (expected: at least 0)");
        setTags(row, layout, new int[] {7, 8}, new float[] {1, Float.NaN});
        assertThatThrownBy(() -> encoder.encodeFeatures(row)).hasMessage("tags[1]: NaN (expected: a finite number)");
        setTags(row, layout, new int[0], new float[0]);
        assertThat(encoder.encodeFeatures(row).rows()).hasSize(2);
    }

    private static void setTags(Row row, RowLayout layout, int[] indices, float[] values) {
        int place = layout.text("tags");
        row.sparse(place, indices.length);
        System.arraycopy(indices, 0, row.sparseIndices(place), 0, indices.length);
        System.arraycopy(values, 0, row.sparseValues(place), 0, indices.length);
    }

    /** A field that another model reads as a category must stay a text. */
    @Test
    void a_layout_knows_the_fields_that_are_only_sparse_vectors() {
        ModelSpec spec = ModelSpec.parse(BINARY);
        ModelSpec categorical = ModelSpec.parse(BINARY.replace("[origin]", "[tags]"));
        assertThat(RowLayout.of(List.of(spec)).sparse()).containsExactly("tags");
        assertThat(RowLayout.of(List.of(spec, categorical)).sparse()).isEmpty();
        assertThat(RowLayout.of(List.of(categorical)).sparse()).isEmpty();
        assertThat(RowLayout.of(List.of(ModelSpec.parse(BINARY + "id: tags\n"))).sparse())
                .isEmpty();
    }

    /** The sum of two finite values on one row may be infinite, which would make every prediction NaN. */
    @Test
    void rejects_values_whose_sum_exceeds_a_float() {
        assertRejected(BINARY, with(GOOD, "tags", "1:3e38 1:3e38"))
                .hasMessage("tags: Infinity (expected: values whose sum per row fits a float)");
    }

    @Test
    void a_cross_differs_from_a_category_by_order_and_by_boundary() throws InvalidSampleException {
        String both = """
                name: m
                label: y
                features: {categorical: [a], cross: [[a, b]], hashBits: 20}
                loss: mean-squared-error
                """;
        Map<String, Object> sample = Map.of("y", 1.0, "a", "x", "b", "z");
        assertThat(encode(both, sample).rows()).hasSize(2);
        String cross = both.replace("categorical: [a], ", "");
        assertThat(encode(cross, sample).rows())
                .isNotEqualTo(
                        encode(cross, Map.of("y", 1.0, "a", "z", "b", "x")).rows());
        assertThat(encode(cross, sample).rows())
                .isNotEqualTo(encode(cross.replace("[a, b]", "[b, a]"), sample).rows());
        assertThat(encode(cross, Map.of("y", 1.0, "a", "xy", "b", "z")).rows())
                .isNotEqualTo(
                        encode(cross, Map.of("y", 1.0, "a", "x", "b", "yz")).rows());
    }

    @Test
    void another_seed_gives_other_rows() throws InvalidSampleException {
        assertThat(encode(BINARY + "seed: 43\n", GOOD).rows())
                .isNotEqualTo(encode(BINARY, GOOD).rows());
    }

    @Test
    void a_field_can_be_a_number_for_one_model_and_a_text_for_another() throws InvalidSampleException {
        ModelSpec first = ModelSpec.parse("{name: a, label: y, features: {numeric: [hour]}, loss: mean-squared-error}");
        ModelSpec second =
                ModelSpec.parse("{name: b, label: y, features: {categorical: [hour]}, loss: mean-squared-error}");
        RowLayout layout = RowLayout.of(List.of(first, second));
        Row row = row(layout, Map.of("hour", 7.0, "y", 1.0));
        row.copyText(layout.text("hour"), "seven");
        assertThat(new FeatureEncoder(first, layout).encode(row, 0, 0).numeric())
                .containsExactly(7.0);
        assertThat(new FeatureEncoder(second, layout).encode(row, 0, 0).rows()).hasSize(1);
    }

    @Test
    void rejects_a_layout_without_a_field_of_the_model() {
        ModelSpec spec = ModelSpec.parse(BINARY);
        RowLayout layout = new RowLayout(List.of("distance", "hour", "late", "w"), List.of("origin", "tags"));
        assertThatThrownBy(() -> new FeatureEncoder(spec, layout))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no field dest");
    }

    private static int hash(String text, int seed) {
        return MurmurHash3.hash(text, seed);
    }
}
