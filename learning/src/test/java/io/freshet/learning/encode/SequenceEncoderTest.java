package io.freshet.learning.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.SequenceCases;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.MurmurHash3;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Sample;
import io.freshet.learning.spec.ModelSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

/** Would catch wrongly split steps, reordered words, and an invalid sequence that is accepted. */
class SequenceEncoderTest {
    private static final String DENSE = "dense: [{field: v, length: 2}, {field: u, length: 1, divide: 10}]";
    private static final String TOKENS = "tokens: [t], hashBits: 12";
    private static final String BOTH = DENSE + ", " + TOKENS;
    private static final Map<String, Object> GOOD = Map.of(
            "v",
            new float[] {1, 2, 3, 4, 5, 6},
            "u",
            new float[] {70, 80, 90},
            "t",
            "b a b",
            "y",
            new float[] {0, 2, 1},
            "w",
            1.0,
            "n",
            2.0);

    @Test
    void encodes_vectors_step_by_step_and_words_in_order() throws InvalidSampleException {
        Sample sample = encode(BOTH, GOOD);
        assertThat(sample.dense()).containsExactly(1, 2, 7, 3, 4, 8, 5, 6, 9);
        assertThat(sample.rows()).hasSize(3);
        assertThat(sample.rows()[0]).isEqualTo(sample.rows()[2]).isNotEqualTo(sample.rows()[1]);
        assertThat(sample.values()).containsExactly(1, 1, 1);
        assertThat(sample.label()).containsExactly(0, 2, 1);
        int b = MurmurHash3.hash("b", MurmurHash3.hash("t", 42)) & 4095;
        assertThat(sample.rows()[0]).isEqualTo(1 + 3 + b);
    }

    @Test
    void the_length_field_truncates_vectors_words_and_label() throws InvalidSampleException {
        Sample sample = encode(BOTH + ", length: n", GOOD);
        assertThat(sample.dense()).containsExactly(1, 2, 7, 3, 4, 8);
        assertThat(sample.rows()).hasSize(2);
        assertThat(sample.label()).containsExactly(0, 2);
        Map<String, Object> padded = with(GOOD, "v", new float[] {1, 2, 3, 4, Float.NaN, 0, 0, 0});
        assertThat(encode(BOTH + ", length: n", padded).dense()).containsExactly(1, 2, 7, 3, 4, 8);
    }

    @Test
    void a_prediction_request_needs_no_label_and_encodes_the_same_features() throws InvalidSampleException {
        for (String features : List.of(DENSE, TOKENS, BOTH, BOTH + ", length: n")) {
            ModelSpec spec = spec(features);
            RowLayout layout = RowLayout.of(List.of(spec));
            Map<String, Object> request = new HashMap<>(GOOD);
            request.remove("y");
            request.remove("w");
            Sample sample = new FeatureEncoder(spec, layout).encodeFeatures(row(layout, request));
            Sample learned = encode(features, GOOD);
            assertThat(sample.dense()).isEqualTo(learned.dense());
            assertThat(sample.rows()).isEqualTo(learned.rows());
            assertThat(sample.label()).isEmpty();
        }
    }

    @Test
    void names_an_invalid_length() {
        for (double length : new double[] {0, -1, 6, 1.5, Double.NaN, 1e18}) {
            assertRejected(BOTH + ", length: n", with(GOOD, "n", length))
                    .hasMessage("n: " + length + " (expected: a whole number from 1 to 5)");
        }
        assertRejected(BOTH + ", length: n", without("n"))
                .hasMessage("n: missing (expected: a whole number from 1 to 5)");
    }

    @Test
    void names_a_vector_of_the_wrong_length() {
        assertRejected(DENSE, with(GOOD, "v", new float[5]))
                .hasMessage("v: 5 numbers (expected: 2 numbers for each of 1 to 5 steps)");
        assertRejected(DENSE, with(GOOD, "v", new float[0]))
                .hasMessage("v: 0 numbers (expected: 2 numbers for each of 1 to 5 steps)");
        assertRejected(DENSE, with(GOOD, "v", new float[12]))
                .hasMessage("v: 12 numbers (expected: 2 numbers for each of 1 to 5 steps)");
        assertRejected(DENSE, without("v")).hasMessage("v: missing (expected: 2 numbers for each of 1 to 5 steps)");
        assertRejected(DENSE, with(GOOD, "u", new float[2]))
                .hasMessage("u: 2 numbers (expected: 1 numbers for each of 3 steps)");
        assertRejected(DENSE + ", length: n", with(with(GOOD, "n", 4.0), "y", new float[5]))
                .hasMessage("v: 6 numbers (expected: 2 numbers for each of 4 to 5 steps)");
        assertRejected(DENSE, with(GOOD, "v", new float[] {1, 2, 3, Float.NaN, 5, 6}))
                .hasMessage("v[3]: NaN (expected: a number)");
        float[] infinite = {1, 2, 3, 4, Float.NEGATIVE_INFINITY, 6};
        assertRejected(DENSE, with(GOOD, "v", infinite))
                .hasMessage("v[4]: -Infinity (expected: a number of magnitude up to 3.4e38)");
        assertRejected(DENSE.replace("divide: 10", "divide: 1e-30"), with(GOOD, "u", new float[] {1, 1e10f, 1}))
                .hasMessage("u[1]: 1.0E10 (expected: a number that fits a float after division by 1.0E-30)");
    }

    @Test
    void names_words_that_are_not_a_valid_sequence() {
        assertRejected(TOKENS, with(GOOD, "t", "a b c d e f")).hasMessage("t: more words (expected: up to 5)");
        assertRejected(TOKENS, with(GOOD, "t", "  ")).hasMessage("t: 0 words (expected: 1 to 5)");
        assertRejected(TOKENS, without("t")).hasMessage("t: missing (expected: words between spaces)");
        assertRejected(BOTH, with(GOOD, "t", "a b")).hasMessage("t: 2 words (expected: one for each of 3 steps)");
        assertRejected(TOKENS + ", length: n", with(GOOD, "t", "a")).hasMessage("t: 1 words (expected: 2 to 5)");
    }

    @Test
    void names_a_label_of_the_wrong_length() {
        String classes = "1 to 5 classes, whole numbers from 0 to 2";
        assertRejected(BOTH, with(GOOD, "y", new float[] {0, 3, 1}))
                .hasMessage("y: [0.0, 3.0, 1.0] (expected: " + classes + ")");
        assertRejected(BOTH, with(GOOD, "y", new float[] {0, Float.NaN, 1}))
                .hasMessage("y: [0.0, NaN, 1.0] (expected: " + classes + ")");
        assertRejected(BOTH, with(GOOD, "y", new float[] {0, 1}))
                .hasMessage("y: 2 classes (expected: one for each of 3 steps)");
        assertRejected(BOTH, with(GOOD, "y", new float[6])).hasMessage("y: 6 numbers (expected: 1 to 5 numbers)");
        assertRejected(BOTH + ", length: n", with(GOOD, "y", new float[1]))
                .hasMessage("y: 1 numbers (expected: 2 to 5 numbers)");
        assertRejected(BOTH, without("y")).hasMessage("y: missing (expected: 1 to 5 numbers)");
    }

    private static AbstractThrowableAssert<?, ?> assertRejected(String features, Map<String, Object> fields) {
        return assertThatThrownBy(() -> encode(features, fields)).isInstanceOf(InvalidSampleException.class);
    }

    private static Sample encode(String features, Map<String, Object> fields) throws InvalidSampleException {
        ModelSpec spec = spec(features);
        RowLayout layout = RowLayout.of(List.of(spec));
        return new FeatureEncoder(spec, layout).encode(row(layout, fields), 0, 0);
    }

    private static ModelSpec spec(String features) {
        return SequenceCases.spec(features, "cell: gru");
    }

    private static Row row(RowLayout layout, Map<String, Object> fields) {
        Row row = new Row(layout);
        row.clear();
        fields.forEach((name, value) -> {
            if (value instanceof String text && layout.text(name) >= 0) {
                row.copyText(layout.text(name), text);
            } else if (value instanceof Double number && layout.number(name) >= 0) {
                row.number(layout.number(name), number);
            } else if (value instanceof float[] vector && layout.vector(name) >= 0) {
                System.arraycopy(vector, 0, row.vector(layout.vector(name), vector.length), 0, vector.length);
            }
        });
        return row;
    }

    private static Map<String, Object> with(Map<String, Object> fields, String name, Object value) {
        Map<String, Object> changed = new HashMap<>(fields);
        changed.put(name, value);
        return changed;
    }

    private static Map<String, Object> without(String name) {
        Map<String, Object> changed = new HashMap<>(GOOD);
        changed.remove(name);
        return changed;
    }
}
