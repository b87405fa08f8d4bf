package io.freshet.learning.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.features.RowLayout;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimeSpecTest {
    @Test
    void reads_back_equal_with_its_defaults() {
        ModelSpec spec = spec("{field: $.order.at, features: [hour, weekday]}");
        assertThat(spec.features().times())
                .containsExactly(
                        new TimeSpec("order.at", List.of(TimePart.HOUR, TimePart.WEEKDAY), false, ZoneId.of("UTC")));
        assertThat(ModelSpec.parse(spec.toYaml())).isEqualTo(spec);
        ModelSpec two =
                spec("[{field: a, features: [day], encoding: cyclic}, {field: b, features: [month], zone: +02:00}]");
        assertThat(ModelSpec.parse(two.toYaml())).isEqualTo(two);
        assertThat(two.features().numberNames()).containsExactly("sin(a.day)", "cos(a.day)");
        assertThat(two.features().hashedFields()).isEqualTo(1);
    }

    @Test
    void a_time_may_be_a_number_or_a_text_unless_another_model_reads_a_number() {
        ModelSpec spec = spec("{field: at, features: [hour]}");
        assertThat(RowLayout.of(List.of(spec)))
                .isEqualTo(new RowLayout(List.of("at", "y"), List.of("at"), List.of(), Set.of(), Set.of("at")));
        ModelSpec number = ModelSpec.parse("{name: n, label: y, features: {numeric: [at]}, loss: mean-squared-error}");
        assertThat(RowLayout.of(List.of(spec, number)).times()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {field: at}                                | features.time.features: missing (expected: a list of day, hour, month, weekday)
            at                                         | features.time: at (expected: {field: at, features: a list of day, hour, month, weekday})
            {field: at, features: []}                  | features.time.features: [] (expected: a list of day, hour, month, weekday)
            {field: at, features: [hours]}             | features.time.features[0]: hours (expected: one of day, hour, month, weekday; did you mean hour?)
            {field: at, features: [hour, hour]}        | features.time.features[1]: hour (expected: each field once)
            {field: at, features: [hour], zone: Mars}  | features.time.zone: Mars (expected: a time zone, such as UTC or Europe/Zurich)
            {field: at, features: [hour], encoding: x} | features.time.encoding: x (expected: one of category, cyclic)
            {field: y, features: [hour]}               | features: y (expected: not the label)
            [{field: at, features: [hour]}, {field: at, features: [day]}] | features.time[1].field: at (expected: each time once)
            """)
    void names_a_mistake(String time, String message) {
        assertThatThrownBy(() -> spec(time)).hasMessage(message);
    }

    private static ModelSpec spec(String time) {
        return ModelSpec.parse("{name: m, label: y, features: {time: " + time + "}, loss: mean-squared-error}");
    }
}
