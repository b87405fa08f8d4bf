package io.freshet.learning.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.MurmurHash3;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Sample;
import io.freshet.learning.spec.ModelSpec;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch an hour of another zone, and a spelling of a time that is read as another time. */
class TimeFeaturesTest {
    private static final String ALL = "features: [hour, weekday, day, month]";
    private static final int FIRST = 1;

    /** 2030-07-31 was chosen so that the offset differs from that in winter, and the day from that in UTC. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            1911768300000                  | UTC           | 22 3 31 7
            1911768300000                  | Europe/Zurich | 0 4 1 8
            1911768300000.5                | Europe/Zurich | 0 4 1 8
            2030-07-31T22:45:00Z           | Europe/Zurich | 0 4 1 8
            2030-07-31T22:45Z              | UTC           | 22 3 31 7
            2030-07-31T22:45:00.123+02:00  | UTC           | 20 3 31 7
            2030-07-31 22:45:00            | Europe/Zurich | 22 3 31 7
            2030-07-31T22:45               | +05:30        | 22 3 31 7
            2030-07-31                     | Europe/Zurich | 0 3 31 7
            -1                             | UTC           | 23 3 31 12
            2030-03-31 02:30:00            | Europe/Zurich | 2 7 31 3
            2030-07-31 22:45:00+00         | Europe/Zurich | 0 4 1 8
            """)
    void each_part_is_a_category_of_its_value(String text, String zone, String parts) throws InvalidSampleException {
        ModelSpec spec = spec("{field: at, " + ALL + ", zone: '" + zone + "'}");
        int[] expected = new int[4];
        String[] names = {"hour", "weekday", "day", "month"};
        for (int i = 0; i < names.length; i++) {
            int value = Integer.parseInt(parts.split(" ")[i]);
            expected[i] = FIRST + (MurmurHash3.hash(value, MurmurHash3.hash("at." + names[i], 42)) & (1 << 18) - 1);
        }
        assertThat(encode(spec, text).rows()).containsExactly(expected);
    }

    @Test
    void a_number_is_milliseconds_and_precedes_a_text() throws InvalidSampleException {
        ModelSpec spec = spec("{field: at, " + ALL + "}");
        RowLayout layout = RowLayout.of(List.of(spec));
        Row row = row(layout, "2001-01-01");
        row.number(layout.number("at"), 1911768300000.0);
        assertThat(new FeatureEncoder(spec, layout).encode(row, 0, 0).rows())
                .isEqualTo(encode(spec, "2030-07-31T22:45:00Z").rows());
    }

    @ParameterizedTest
    @CsvSource({
        "hour, 2030-01-01T06:00Z, 1, 0",
        "hour, 2030-01-01T18:00Z, -1, 0",
        "hour, 2030-01-01T04:30Z, 0.9238795, 0.3826834",
        "weekday, 2030-01-07T23:00Z, 0, 1",
        "month, 2030-04-30, 1, 0",
        "month, 2030-07-01, 0, -1",
        "day, 2030-04-16, 0, -1",
        "day, 2030-02-15, 0, -1",
    })
    void a_cyclic_part_is_the_sine_and_cosine_of_its_turn(String part, String text, double sine, double cosine)
            throws InvalidSampleException {
        Sample sample = encode(spec("{field: at, features: [" + part + "], encoding: cyclic}"), text);
        assertThat(sample.rows()).isEmpty();
        assertThat(sample.numeric()).hasSize(2);
        assertThat(sample.numeric()[0]).isEqualTo(sine, within(1e-6));
        assertThat(sample.numeric()[1]).isEqualTo(cosine, within(1e-6));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"yesterday", "2030-02-30", "2030-07-31T25:00:00Z", "1e400", "99999999999999999", "-", "10:30"})
    void rejects_a_text_that_is_no_time(String text) {
        assertThatThrownBy(() -> encode(spec("{field: at, " + ALL + "}"), text))
                .isInstanceOf(InvalidSampleException.class)
                .hasMessageStartingWith("at: ")
                .hasMessageEndingWith(" (expected: milliseconds since 1970, or a time as 2030-01-31T12:00:00Z)");
    }

    @Test
    void a_missing_time_is_a_value_of_its_own_or_the_center_of_the_circle() throws InvalidSampleException {
        assertThatThrownBy(() -> encode(spec("{field: at, " + ALL + "}"), "")).hasMessageStartingWith("at: missing");
        ModelSpec categories = spec("{field: at, features: [hour]}], missing: mean, numeric: [");
        assertThat(encode(categories, "").rows())
                .hasSize(1)
                .isNotEqualTo(encode(categories, "2030-01-01").rows());
        assertThat(encode(spec("{field: at, features: [hour], encoding: cyclic}], missing: mean, numeric: ["), "")
                        .numeric())
                .containsExactly(0, 0);
    }

    @Test
    void fields_of_a_separating_model_end_after_each_part() throws InvalidSampleException {
        ModelSpec spec = ModelSpec.parse("{name: m, label: y, features: {categorical: [c], time: {field: at, " + ALL
                + "}}, model: embedding-mlp, loss: mean-squared-error}");
        RowLayout layout = RowLayout.of(List.of(spec));
        Row row = row(layout, "2030-07-31");
        row.copyText(layout.text("c"), "x");
        assertThat(new FeatureEncoder(spec, layout).encode(row, 0, 0).ends()).containsExactly(1, 2, 3, 4, 5);
    }

    private static ModelSpec spec(String time) {
        return ModelSpec.parse("{name: m, label: y, features: {time: [" + time + "]}, loss: mean-squared-error}");
    }

    private static Sample encode(ModelSpec spec, String text) throws InvalidSampleException {
        RowLayout layout = RowLayout.of(List.of(spec));
        return new FeatureEncoder(spec, layout).encode(row(layout, text), 0, 0);
    }

    private static Row row(RowLayout layout, String text) {
        Row row = new Row(layout);
        row.clear();
        row.number(layout.number("y"), 1);
        row.copyText(layout.text("at"), text);
        return row;
    }
}
