package io.freshet.learning.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a selection that is lost or read differently, and one that changes the hash of a model without it. */
class WhenTest {
    private static final String MODEL = "name: m\nlabel: y\nloss: mean-squared-error\nfeatures: {numeric: [x]}\n";

    private static ModelSpec parse(String when) {
        return ModelSpec.parse(MODEL + "when: " + when);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{field: type, equals: flight}",
                "{field: type, equals: [flight, cargo]}",
                "{field: $.event.type, equals: 7}",
                "{field: type, equals: [1, 2.5, -3, 9007199254740991]}",
                "{field: type, equals: '1'}",
                "{field: type, equals: true}",
                "{field: type, equals: \" # a\"}",
                "{exists: hotel.stars}",
                "{exists: x}",
                "{exists: y}"
            })
    void reads_back_equal_from_either_form(String when) {
        ModelSpec spec = parse(when);
        assertThat(ModelSpec.parse(spec.toYaml())).isEqualTo(spec);
        assertThat(ModelSpec.parse(spec.toYaml())).isEqualTo(spec);
        assertThat(spec.hash()).isNotEqualTo(ModelSpec.parse(MODEL).hash());
        assertThat(spec.stateHash()).isEqualTo(ModelSpec.parse(MODEL).stateHash());
    }

    @Test
    void a_specification_without_it_is_stored_without_it() {
        assertThat(ModelSpec.parse(MODEL).toYaml()).doesNotContain("when");
        assertThat(ModelSpec.parse(MODEL).stream().when()).isNull();
    }

    /** Would catch a specification that is applied, and cannot be read back. */
    @ParameterizedTest
    @ValueSource(strings = {"[1, 1.0]", "[0, -0.0]", "[2.5, 3, 2.50]"})
    void equal_numbers_are_the_same_value(String values) {
        assertThatThrownBy(() -> parse("{field: type, equals: " + values + "}"))
                .hasMessageContaining("(expected: each value once)");
    }

    @Test
    void distinguishes_texts_from_numbers() {
        assertThat(parse("{field: type, equals: ['1', true]}").stream().when())
                .isEqualTo(new When("type", List.of("1", "true"), List.of()));
        assertThat(parse("{field: type, equals: [1, 2.5]}").stream().when())
                .isEqualTo(new When("type", List.of(), List.of(1.0, 2.5)));
    }

    @Test
    void the_field_is_read_as_what_it_is_compared_with() {
        ModelSpec texts = parse("{field: type, equals: flight}");
        assertThat(texts.textFields()).containsExactly("type");
        assertThat(texts.numberFields()).containsExactly("x", "y");
        assertThat(texts.learningFields()).containsExactly("y", "type");
        ModelSpec numbers = parse("{field: type, equals: 1}");
        assertThat(numbers.textFields()).isEmpty();
        assertThat(numbers.numberFields()).containsExactly("x", "y", "type");
        ModelSpec present = parse("{exists: type}");
        assertThat(present.textFields()).containsExactly("type");
        assertThat(present.numberFields()).containsExactly("x", "y", "type");
        ModelSpec feature = parse("{exists: x}");
        assertThat(feature.textFields()).isEmpty();
        assertThat(feature.numberFields()).containsExactly("x", "y");
        assertThat(feature.learningFields()).containsExactly("y");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            {}                              | when.field: missing (expected: {field: ..., equals: ...}, or {exists: ...})
            {field: t}                      | when.equals: missing (expected: a text, a number, or a list of either)
            {equals: a}                     | when.field: missing (expected: {field: ..., equals: ...}, or {exists: ...})
            {exists: t, field: t, equals: a} | when: exists and field (expected: {field: ..., equals: ...}, or {exists: ...})
            {exists: t, equals: a}          | when: exists and equals (expected: {field: ..., equals: ...}, or {exists: ...})
            {field: t, equals: [a, 1]}      | when.equals: [a, 1] (expected: only texts, or only numbers)
            {field: t, equals: [a, a]}      | when.equals[1]: a (expected: each value once)
            {field: t, equals: []}          | when.equals: 0 values (expected: 1 to 100)
            {field: t, equals: {a: b}}      | when.equals: {a=b} (expected: a text, a number, or a list of either)
            {field: t, equals: [[a]]}       | when.equals[0]: [a] (expected: a text, a number, or a list of either)
            {field: t, equals: .nan}        | when.equals: NaN (expected: a number of magnitude below 2^53)
            {field: t, equals: 1e300}       | when.equals: 1.0E300 (expected: a number of magnitude below 2^53)
            {field: t, equals: 9007199254740992} | when.equals: 9007199254740992 (expected: a number of magnitude below 2^53)
            {exists: "p*"}                  | when.exists: p* (expected: the name of one field)
            {field: t, equal: a}            | when.equal: unknown field (expected: equals?)
            t                               | when: t (expected: a mapping {field: value})
            """)
    void an_invalid_one_is_refused(String when, String message) {
        assertThatThrownBy(() -> parse(when)).hasMessage(message);
    }

    @Test
    void the_number_of_values_is_limited() {
        String many = IntStream.range(0, 101).mapToObj(Integer::toString).collect(Collectors.joining(", ", "[", "]"));
        assertThatThrownBy(() -> parse("{field: t, equals: " + many + "}"))
                .hasMessage("when.equals: 101 values (expected: 1 to 100)");
    }
}
