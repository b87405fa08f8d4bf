package io.freshet.cli.dev;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.spec.ModelSpec;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExampleQueryTest {
    @Test
    void has_every_field_that_a_prediction_needs_and_no_label() {
        ExampleQuery row =
                row("{name: m, label: y, weight: w, key: k, features: {numeric: [x], categorical: [c], sparse: [s],"
                        + " time: {field: t, features: [hour]}, hashBits: 8}, loss: mean-squared-error}");

        assertThat(row.arguments()).isEqualTo("x=1 k=a c=a s=1:1 t=2030-01-31T12:00:00Z");
        assertThat(row.request())
                .startsWith("{\"inputs\":[{\"name\":\"x\",\"shape\":[1],\"datatype\":\"FP64\",\"data\":[1]},")
                .contains("{\"name\":\"t\",\"shape\":[1],\"datatype\":\"BYTES\",\"data\":[\"2030-01-31T12:00:00Z\"]}")
                .doesNotContain("\"y\"", "\"w\"");
        assertThat(row.isShort()).isTrue();
    }

    @Test
    void a_row_has_the_values_that_are_known() {
        ModelSpec spec = ModelSpec.parse(
                "{name: m, label: y, features: {numeric: [x, z], categorical: [c], hashBits: 8}, loss: mean-squared-error}");
        ExampleQuery row = new ExampleQuery(spec, Map.of("x", 480, "c", "ORD"));

        assertThat(row.arguments()).isEqualTo("x=480 z=1 c=ORD");
        assertThat(row.request()).contains("\"data\":[480]}", "\"data\":[1]}", "\"data\":[\"ORD\"]}");
    }

    @Test
    void a_vector_has_its_length_and_is_no_argument() {
        ExampleQuery row =
                row("{name: m, label: y, features: {dense: {field: p*, length: 3}}, loss: mean-squared-error}");

        assertThat(row.request())
                .isEqualTo("{\"inputs\":[{\"name\":\"p\",\"shape\":[1,3],\"datatype\":\"FP64\",\"data\":[1,1,1]}]}");
        assertThat(row.hasArguments()).isFalse();
        assertThat(row("{name: m, label: y, features: {dense: {field: p, length: 784}}, loss: mean-squared-error}")
                        .isShort())
                .isFalse();
    }

    @Test
    void an_outcome_has_the_id_of_the_request() {
        ExampleQuery row = row("{name: m, label: y, features: {numeric: [x]}, loss: binary-cross-entropy,"
                + " join: {within: 1h, after: 0}}");

        assertThat(row.request()).startsWith("{\"id\":\"r1\",\"inputs\":[");
        assertThat(row.outcome()).isEqualTo("{\"id\":\"r1\",\"value\":1}");
    }

    @Test
    void an_outcome_of_a_model_with_classes_is_the_name_of_one() {
        ExampleQuery row = row("{name: m, label: y, labels: [ham, spam], features: {numeric: [x]},"
                + " loss: binary-cross-entropy, join: {within: 1h, after: 0}}");

        assertThat(row.outcome()).isEqualTo("{\"id\":\"r1\",\"value\":\"ham\"}");
    }

    @Test
    void a_model_that_joins_none_has_no_outcome() {
        assertThat(row("{name: m, label: y, features: {numeric: [x]}, loss: binary-cross-entropy}")
                        .outcome())
                .isNull();
    }

    @Test
    void a_name_cannot_end_the_quotes_of_the_shell() {
        ExampleQuery row = row("{name: m, label: y, features: {numeric: [\"it's; rm x\"]}, loss: mean-squared-error}");

        assertThat(row.arguments()).isEqualTo("'it'\\''s; rm x=1'");
    }

    private static ExampleQuery row(String yaml) {
        return new ExampleQuery(ModelSpec.parse(yaml), Map.of());
    }
}
