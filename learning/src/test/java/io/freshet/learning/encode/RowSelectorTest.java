package io.freshet.learning.encode;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Would catch a record that a model takes though it is another's, or misses. */
class RowSelectorTest {
    /** Reads the field t as number, text, sparse vector, and vector, as another model of the topic may. */
    private static final RowLayout OTHERS = new RowLayout(List.of("t", "x", "y"), List.of("t", "s"), List.of("v"));

    private static boolean selects(String when, Consumer<Row> record) {
        return selects("features: {numeric: [x]}", when, record);
    }

    private static boolean selects(String features, String when, Consumer<Row> record) {
        ModelSpec spec =
                ModelSpec.parse("name: m\nlabel: y\nloss: mean-squared-error\n" + features + "\nwhen: " + when);
        Row row = new Row(OTHERS);
        row.clear();
        record.accept(row);
        return RowSelector.of(spec, OTHERS).selects(row);
    }

    private static Consumer<Row> text(String value) {
        return row -> row.copyText(0, value);
    }

    private static Consumer<Row> number(double value) {
        return row -> row.number(0, value);
    }

    @Test
    void a_model_without_when_takes_all() {
        ModelSpec spec = ModelSpec.parse("name: m\nlabel: y\nloss: mean-squared-error\nfeatures: {numeric: [x]}");
        assertThat(RowSelector.of(spec, OTHERS).selects(new Row(OTHERS))).isTrue();
    }

    @Test
    void compares_texts_byte_by_byte() {
        String flights = "{field: t, equals: [flight, 'vôl']}";
        assertThat(selects(flights, text("flight"))).isTrue();
        assertThat(selects(flights, text("vôl"))).isTrue();
        assertThat(selects(flights, text("flights"))).isFalse();
        assertThat(selects(flights, text("fligh"))).isFalse();
        assertThat(selects(flights, text("Flight"))).isFalse();
        assertThat(selects(flights, text(""))).isFalse();
        assertThat(selects(flights, row -> {})).isFalse();
        assertThat(selects(flights, row -> row.invalidText(0))).isFalse();
        assertThat(selects(flights, number(1))).isFalse();
    }

    @Test
    void compares_numbers_by_value() {
        String ones = "{field: t, equals: [1, -2.5, 0]}";
        assertThat(selects(ones, number(1))).isTrue();
        assertThat(selects(ones, number(-2.5))).isTrue();
        assertThat(selects(ones, number(-0.0))).isTrue();
        assertThat(selects(ones, number(2))).isFalse();
        assertThat(selects(ones, number(Double.NaN))).isFalse();
        assertThat(selects(ones, row -> {})).isFalse();
        assertThat(selects(ones, row -> row.invalidNumber(0))).isFalse();
        assertThat(selects(ones, text("1"))).isFalse();
    }

    @Test
    void a_field_exists_if_it_is_neither_absent_nor_null_nor_empty() {
        String existing = "{exists: t}";
        assertThat(selects(existing, number(0))).isTrue();
        assertThat(selects(existing, text("a"))).isTrue();
        assertThat(selects(existing, row -> row.sparse(0, 0))).isTrue();
        assertThat(selects(existing, row -> row.invalidText(0))).isTrue();
        assertThat(selects(existing, row -> row.invalidNumber(0))).isTrue();
        assertThat(selects(existing, row -> {})).isFalse();
        assertThat(selects(existing, text(""))).isFalse();
        assertThat(selects(existing, number(Double.NaN))).isFalse();
        assertThat(selects(existing, row -> row.number(1, 5))).isFalse();
    }

    @Test
    void a_field_of_the_model_exists_as_the_type_that_the_model_reads() {
        String vector = "features: {dense: [{field: v, length: 2}]}";
        assertThat(selects(vector, "{exists: v}", row -> row.vector(0, 2))).isTrue();
        assertThat(selects(vector, "{exists: v}", row -> {})).isFalse();
        String sparse = "features: {sparse: [s], hashBits: 4}";
        assertThat(selects(sparse, "{exists: s}", row -> row.sparse(1, 2))).isTrue();
        assertThat(selects(sparse, "{exists: s}", row -> row.copyText(1, "1:2")))
                .isTrue();
        assertThat(selects("features: {numeric: [t]}", "{exists: t}", text("a")))
                .isFalse();
        assertThat(selects("features: {numeric: [t]}", "{exists: t}", number(3)))
                .isTrue();
        assertThat(selects("features: {numeric: [x]}", "{exists: y}", row -> row.number(2, 1)))
                .isTrue();
    }
}
