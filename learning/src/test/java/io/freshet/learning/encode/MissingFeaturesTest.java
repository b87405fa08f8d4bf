package io.freshet.learning.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Sample;
import io.freshet.learning.spec.ModelSpec;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch an invalid field that is taken for a missing one, and an absent text that differs from an empty one. */
class MissingFeaturesTest {
    private static final String FEATURES =
            "numeric: [a, b], categorical: [c], tokens: [t], cross: [[c, d]], sparse: [s], dense: {field: v, length: 1}";

    @Test
    void each_policy_encodes_a_missing_number_in_its_own_way() throws InvalidSampleException {
        BiConsumer<RowLayout, Row> withoutA = (layout, row) -> row.number(layout.number("b"), 5);
        assertThat(numeric("mean", withoutA)).containsExactly(Double.NaN, 5);
        assertThat(numeric("indicator", withoutA)).containsExactly(Double.NaN, 5, 1, 0);
        assertThat(numeric("zero", withoutA)).containsExactly(0, 5);
        assertThat(numeric("{default: mean, fields: {a: zero}}", withoutA)).containsExactly(0, 5);
        assertThat(numeric("{default: mean, fields: {b: indicator}}", withoutA)).containsExactly(Double.NaN, 5, 0);
        assertThatThrownBy(() -> numeric("{default: zero, fields: {a: reject}}", withoutA))
                .hasMessage("a: missing (expected: a number)");
    }

    @Test
    void a_number_that_is_nan_is_missing_but_an_invalid_one_is_not() throws InvalidSampleException {
        assertThat(numeric("zero", (layout, row) -> numbers(layout, row, Double.NaN, 5)))
                .containsExactly(0, 5);
        assertThatThrownBy(() -> numeric("zero", (layout, row) -> {
                    row.number(layout.number("b"), 5);
                    row.invalidNumber(layout.number("a"));
                }))
                .hasMessage("a: missing (expected: a number)");
        assertThatThrownBy(() -> numeric("zero", (layout, row) -> numbers(layout, row, 1e39, 5)))
                .hasMessage("a: 1.0E39 (expected: a number of magnitude up to 3.4e38)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mean", "indicator", "zero"})
    void an_absent_text_is_the_empty_text(String missing) throws InvalidSampleException {
        Sample absent = encode(missing, (layout, row) -> numbers(layout, row, 1, 2));
        Sample empty = encode(missing, (layout, row) -> {
            numbers(layout, row, 1, 2);
            layout.texts().forEach(name -> row.copyText(layout.text(name), ""));
        });
        assertThat(absent.rows()).hasSize(2).isEqualTo(empty.rows());
        assertThat(absent.values()).containsExactly(1, 1);
    }

    @Test
    void an_absent_category_differs_from_a_present_one() throws InvalidSampleException {
        Sample absent = encode("mean", (layout, row) -> numbers(layout, row, 1, 2));
        Sample present = encode("mean", (layout, row) -> {
            numbers(layout, row, 1, 2);
            row.copyText(layout.text("c"), "x");
        });
        assertThat(absent.rows()).doesNotContain(present.rows()[0], present.rows()[1]);
    }

    @ParameterizedTest
    @CsvSource({"c, a text", "t, words between spaces", "d, a text", "s, pairs index:value"})
    void a_required_or_invalid_text_is_rejected(String field, String expected) {
        String message = field + ": missing (expected: " + expected + ")";
        assertThatThrownBy(() -> encode(
                        "{default: mean, fields: {" + field + ": reject}}",
                        (layout, row) -> numbers(layout, row, 1, 2)))
                .hasMessage(message);
        assertThatThrownBy(() -> encode("mean", (layout, row) -> {
                    numbers(layout, row, 1, 2);
                    row.invalidText(layout.text(field));
                }))
                .hasMessage(message);
    }

    @Test
    void a_vector_and_the_label_are_always_required() {
        assertThatThrownBy(() -> encode("mean", (layout, row) -> row.vector(layout.vector("v"), 0)))
                .hasMessage("v: 0 numbers (expected: 1 numbers)");
        assertThatThrownBy(() -> encode("zero", (layout, row) -> row.number(layout.number("y"), Double.NaN)))
                .hasMessage("y: NaN (expected: a number)");
    }

    private static double[] numeric(String missing, BiConsumer<RowLayout, Row> fields) throws InvalidSampleException {
        return encode(missing, fields).numeric();
    }

    private static void numbers(RowLayout layout, Row row, double a, double b) {
        row.number(layout.number("a"), a);
        row.number(layout.number("b"), b);
    }

    /** Encodes a row that has the label and the vector, but for what {@code fields} changes. */
    private static Sample encode(String missing, BiConsumer<RowLayout, Row> fields) throws InvalidSampleException {
        ModelSpec spec = ModelSpec.parse("{name: m, label: y, features: {" + FEATURES + ", missing: " + missing
                + "}, loss: mean-squared-error}");
        RowLayout layout = RowLayout.of(List.of(spec));
        Row row = new Row(layout);
        row.clear();
        row.number(layout.number("y"), 1);
        row.vector(layout.vector("v"), 1);
        fields.accept(layout, row);
        return new FeatureEncoder(spec, layout).encode(row, 0, 0);
    }
}
