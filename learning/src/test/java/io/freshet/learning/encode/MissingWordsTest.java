package io.freshet.learning.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Sample;
import io.freshet.learning.spec.ModelSpec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch NA that is learned differently than null, a word that hides a broken number, and a category NA that vanishes. */
class MissingWordsTest {
    @ParameterizedTest
    @ValueSource(strings = {"NA", "NaN", "null", "None", "?", "-", "", "  ", " na ", "NULL"})
    void a_usual_word_is_a_missing_number_if_the_policy_allows_it(String word) throws Exception {
        for (String policy : List.of("mean", "indicator", "zero")) {
            ModelSpec spec = spec("missing: " + policy);
            assertThat(encode(spec, word, "x", "2030-01-01").numeric())
                    .containsExactly(encode(spec, null, "x", "2030-01-01").numeric());
        }
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', textBlock = """
            missing: reject, NA, a: "NA" (expected: a number; if "NA" means missing, set features.missing to mean, indicator, or zero)
            missing: reject, n/a, a: "n/a" (expected: a number; if "n/a" means missing, set features.missing to {default: mean, values: [n/a]})
            missing: reject, #N/A, a: "#N/A" (expected: a number; if "#N/A" means missing, set features.missing to {default: mean, values: ['#N/A']})
            missing: mean, N/A, a: "N/A" (expected: a number; if "N/A" means missing, list it in features.missing.values)
            missing: mean, two, a: "two" (expected: a number)
            missing: mean, NAN1, a: "NAN1" (expected: a number)
            missing: mean, 5, a: "5" (expected: a number)
            missing: mean, 2030-01-31, a: "2030-01-31" (expected: a number; a date or time is a feature in features.time)
            missing: mean, 2030-01-31T12:00:00Z, a: "2030-01-31T12:00:00Z" (expected: a number; a date or time is a feature in features.time)
            missing: mean, 31.01.2030, a: "31.01.2030" (expected: a number; a date or time is a feature in features.time)
            """)
    void any_other_word_is_rejected_with_the_remedy(String missing, String word, String message) {
        // The remedy contains commas.
        assertThatThrownBy(() -> encode(spec(missing), word, "x", "2030-01-01")).hasMessageStartingWith(message);
    }

    /** Would catch a remedy that is no specification, or does not help. */
    @ParameterizedTest
    @ValueSource(strings = {"N/A", "#n/a", "--", "Unknown"})
    void the_remedy_for_a_word_that_is_not_usual_makes_it_missing(String word) throws Exception {
        String message = "";
        try {
            encode(spec("missing: reject"), word, "x", "2030-01-01");
        } catch (InvalidSampleException e) {
            message = String.valueOf(e.getMessage());
        }
        String remedy = message.replaceFirst(".*set features\\.missing to (\\{.*})\\)", "$1");
        assertThat(encode(spec("missing: " + remedy), word, "x", "2030-01-01").numeric()[0])
                .isNaN();
    }

    @Test
    void listed_values_replace_the_usual_ones() throws Exception {
        ModelSpec spec = spec("missing: {default: mean, fields: {c: indicator}, values: [unknown, \"?\"]}");
        assertThat(encode(spec, "Unknown", "x", "2030-01-01").numeric()[0]).isNaN();
        assertThat(encode(spec, "", "x", "2030-01-01").numeric()[0]).isNaN();
        assertThatThrownBy(() -> encode(spec, "NA", "x", "2030-01-01"))
                .hasMessage(
                        "a: \"NA\" (expected: a number; if \"NA\" means missing, list it in features.missing.values)");
    }

    @Test
    void a_category_is_missing_only_if_its_value_is_listed() throws Exception {
        ModelSpec usual = spec("missing: indicator");
        assertThat(encode(usual, null, "NA", "2030-01-01").rows())
                .doesNotContain(encode(usual, null, "", "2030-01-01").rows()[0]);
        ModelSpec listed = spec("missing: {default: indicator, values: [NA]}");
        assertThat(encode(listed, null, "NA", "2030-01-01").rows())
                .isEqualTo(encode(listed, null, "", "2030-01-01").rows());
        ModelSpec required = spec("missing: {fields: {a: mean}, values: [NA]}");
        assertThat(encode(required, null, "NA", "2030-01-01").rows())
                .isEqualTo(encode(spec("missing: {fields: {a: mean}}"), null, "NA", "2030-01-01")
                        .rows());
    }

    @Test
    void a_time_may_be_missing_too() throws Exception {
        ModelSpec spec = spec("missing: indicator");
        assertThat(encode(spec, null, "x", "None").rows())
                .isEqualTo(encode(spec, null, "x", "").rows());
        assertThatThrownBy(() -> encode(spec("missing: {fields: {a: mean}}"), null, "x", "None"))
                .hasMessageStartingWith("t: None (expected: milliseconds");
    }

    @Test
    void names_of_classes_are_told_where_they_belong() {
        ModelSpec spec = ModelSpec.parse("{name: m, label: a, features: {numeric: [b]}, loss: hinge}");
        RowLayout layout = RowLayout.of(List.of(spec));
        Row row = new Row(layout);
        row.number(layout.number("b"), 1);
        row.word(layout.number("a"), "spam".toCharArray(), 0, 4, false);
        assertThatThrownBy(() -> new FeatureEncoder(spec, layout).encode(row, 0, 0))
                .hasMessage("a: spam (expected: a number; list the names of classes in labels)");
    }

    @Test
    void a_long_text_is_no_word_and_messages_show_its_start() {
        ModelSpec spec = spec("missing: mean");
        assertThatThrownBy(() -> encode(spec, "y".repeat(5000), "x", "2030-01-01"))
                .hasMessage("a: \"" + "y".repeat(40) + "...\" (expected: a number)");
    }

    @Test
    void a_missing_label_is_no_class_to_list() {
        ModelSpec spec = ModelSpec.parse("{name: m, label: a, features: {numeric: [b]}, loss: hinge}");
        RowLayout layout = RowLayout.of(List.of(spec));
        Row row = new Row(layout);
        row.number(layout.number("b"), 1);
        row.word(layout.number("a"), "NA".toCharArray(), 0, 2, false);
        assertThatThrownBy(() -> new FeatureEncoder(spec, layout).encode(row, 0, 0))
                .hasMessage("a: NA (expected: a number)");
    }

    /** 40 characters of three bytes: a longer text with this start is another one. */
    @Test
    void the_longest_listed_word_matches_no_longer_text() throws Exception {
        String longest = "\u20ac".repeat(40);
        ModelSpec spec = spec("missing: {default: mean, values: [" + longest + "]}");
        assertThat(encode(spec, longest, "x", "2030-01-01").numeric()[0]).isNaN();
        assertThatThrownBy(() -> encode(spec, longest + "x", "x", "2030-01-01"))
                .hasMessageStartingWith("a: \"" + longest + "...\" (expected: a number");
    }

    /** Each model decides for itself: what one accepts, the others reject. */
    @Test
    void a_word_is_missing_for_the_models_that_accept_it() throws Exception {
        ModelSpec rejects = spec("missing: reject");
        ModelSpec accepts = spec("missing: {default: mean, values: [none at all]}");
        RowLayout layout = RowLayout.of(List.of(rejects, accepts));
        Row row = row(layout, "None at all", "x", "2030-01-01");
        assertThat(new FeatureEncoder(accepts, layout)
                        .encodeFeatures(row)
                        .features()
                        .numeric()[0])
                .isNaN();
        assertThatThrownBy(() -> new FeatureEncoder(rejects, layout).encodeFeatures(row))
                .hasMessage("a: \"None at all\" (expected: a number)");
    }

    private static ModelSpec spec(String missing) {
        return ModelSpec.parse(
                "{name: m, label: y, features: {numeric: [a], categorical: [c], time: {field: t, features: [month]}, "
                        + missing + "}, loss: mean-squared-error}");
    }

    private static Sample.Features encode(ModelSpec spec, String number, String category, String time)
            throws InvalidSampleException {
        RowLayout layout = RowLayout.of(List.of(spec));
        return new FeatureEncoder(spec, layout)
                .encodeFeatures(row(layout, number, category, time))
                .features();
    }

    private static Row row(RowLayout layout, String number, String category, String time) {
        Row row = new Row(layout);
        if (number != null) {
            byte[] utf8 = number.getBytes(StandardCharsets.UTF_8);
            row.word(layout.number("a"), utf8, 0, utf8.length, true);
        }
        row.copyText(layout.text("c"), category);
        row.copyText(layout.text("t"), time);
        return row;
    }
}
