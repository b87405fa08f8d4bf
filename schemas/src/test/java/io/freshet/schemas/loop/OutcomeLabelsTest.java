package io.freshet.schemas.loop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.MalformedRecordException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Would catch an outcome that no sample of the model can have as its label, and a refund that is refused because it is none. */
class OutcomeLabelsTest {
    private static final String CLICKS =
            "{name: ctr, label: y, features: {numeric: [x]}, loss: %s, join: {within: 1h, after: 0, several: %s}}";

    @ParameterizedTest
    @CsvSource({
        "binary-cross-entropy, last, 1, 1",
        "binary-cross-entropy, last, -1, 0",
        "binary-cross-entropy, sum, -1, -1",
        "mean-squared-error, mean, -2.5, -2.5",
        "poisson, sum, -3, -3"
    })
    void a_value_that_can_be_part_of_a_label_is_its_number(String loss, String several, double value, double number)
            throws InvalidSampleException {
        assertThat(labels(CLICKS.formatted(loss, several)).number(new OutcomeValue.Number(value)))
                .isEqualTo(number);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "binary-cross-entropy|last|7|value: 7 (expected: in [0, 1])",
                "mean-squared-error|mean|1e300|value: 1.0E300 (expected: a number of magnitude up to 1e15)",
                "binary-cross-entropy|mean|2|value: 2 (expected: in [0, 1])",
                "poisson|max|-0.5|value: -0.5 (expected: a count from 0 to 1e15)",
                "mean-squared-error|sum|1e300|value: 1.0E300 (expected: a number of magnitude up to 3.4e38)",
            })
    void a_value_that_can_be_part_of_none_names_what_is_expected(
            String loss, String several, double value, String message) {
        assertThatThrownBy(() -> labels(CLICKS.formatted(loss, several)).number(new OutcomeValue.Number(value)))
                .hasMessage(message);
    }

    @Test
    void an_outcome_that_says_nothing_of_the_model_is_none() throws InvalidSampleException {
        OutcomeRecord empty = new OutcomeRecord(null, "r1", null, null, null, Set.of());
        OutcomeRecord shown = new OutcomeRecord(null, "r1", null, null, null, Set.of(OutcomeRecord.EXPOSURE));
        OutcomeLabels clicks = labels(CLICKS.formatted("binary-cross-entropy", "last"));

        clicks.check(shown);
        labels(CLICKS.formatted("binary-cross-entropy", "last, exposure: seen")).check(empty);
        assertThatThrownBy(() -> clicks.check(empty))
                .hasMessage("value: missing (expected: a number, as ctr has no join.exposure)");
    }

    @Test
    void a_class_is_known_by_its_name_also_if_it_was_sent_as_a_number() throws InvalidSampleException {
        OutcomeLabels birds = labels("{name: b, label: y, labels: [ham, spam], features: {numeric: [x]},"
                + " loss: binary-cross-entropy, join: {within: 1h, after: 0}}");
        OutcomeLabels stars =
                labels("{name: s, label: y, labels: ['1', '2', '3'], outputs: 3, features: {numeric: [x]},"
                        + " loss: sparse-categorical-cross-entropy, join: {within: 1h, after: 0}}");

        assertThat(birds.number(new OutcomeValue.Name("spam"))).isEqualTo(1);
        assertThat(stars.number(new OutcomeValue.Number(3))).isEqualTo(2);
        assertThatThrownBy(() -> birds.number(new OutcomeValue.Name("spma")))
                .hasMessageStartingWith("value: spma (expected: one of ham, spam")
                .hasMessageContaining("spam");
        assertThatThrownBy(() -> birds.number(new OutcomeValue.Number(1)))
                .hasMessageStartingWith("value: 1 (expected: one of ham, spam");
    }

    /** Would catch names of classes that are numbers or booleans in JSON, and no outcome can have. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'false', 'true'|true|1",
                "'false', 'true'|\"true\"|1",
                "'0', '1'|true|1",
                "'1.0', '2.0'|2.0|1",
                "'1', '2'|2.0|1",
                "'1e3', '007'|1e3|0",
                "'1e3', '007'|\"007\"|1"
            })
    void the_text_of_a_value_in_json_is_the_name_of_a_class(String labels, String json, double number)
            throws InvalidSampleException, MalformedRecordException {
        OutcomeLabels names = labels("{name: s, label: y, labels: [" + labels
                + "], features: {numeric: [x]}, loss: binary-cross-entropy, join: {within: 1h, after: 0}}");
        OutcomeRecord read = OutcomeJson.read(("{\"id\":\"r\",\"value\":" + json + "}").getBytes(UTF_8));
        OutcomeRecord again = OutcomeJson.read(OutcomeJson.write(read));

        assertThat(names.number(read.value())).isEqualTo(number);
        assertThat(names.number(again.value())).as("written and read").isEqualTo(number);
    }

    @Test
    void a_text_is_no_number() {
        assertThatThrownBy(() ->
                        labels(CLICKS.formatted("binary-cross-entropy", "sum")).number(new OutcomeValue.Name("yes")))
                .hasMessage("value: yes (expected: a number)");
    }

    @Test
    void a_model_without_a_join_has_no_outcomes() {
        assertThatThrownBy(() -> labels("{name: m, label: y, features: {numeric: [x]}, loss: mean-squared-error}"))
                .hasMessage("model m: no join (expected: one)");
    }

    private static OutcomeLabels labels(String yaml) {
        return new OutcomeLabels(ModelSpec.parse(yaml));
    }
}
