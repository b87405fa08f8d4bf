package io.freshet.learning.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Would catch a default that changes stored hashes, and two spellings of one specification with different hashes. */
class MissingSpecTest {
    private static final String FEATURES = "numeric: [a, b], categorical: [c], dense: {field: pixel, length: 2}";

    @Test
    void the_default_is_not_written_so_that_hashes_stay() {
        ModelSpec spec = spec("");
        assertThat(spec("missing: reject")).isEqualTo(spec);
        assertThat(spec("missing: {fields: {a: reject}}")).isEqualTo(spec);
        assertThat(spec.toYaml()).doesNotContain("missing");
        assertThat(spec("missing: mean").stateHash()).isNotEqualTo(spec.stateHash());
    }

    @Test
    void a_state_continues_with_other_words_for_missing_values() {
        ModelSpec usual = spec("missing: mean");
        ModelSpec listed = spec("missing: {default: mean, values: [unknown]}");
        assertThat(listed.stateHash()).isEqualTo(usual.stateHash());
        assertThat(listed.hash()).isNotEqualTo(usual.hash());
        assertThat(SpecCompatibility.misfit(usual, listed)).isNull();
        assertThat(SpecCompatibility.continues(listed, spec("missing: {default: mean, values: [other]}")))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            missing: mean
            missing: indicator
            missing: {default: zero, fields: {b: indicator, a: mean, c: reject}}
            missing: {fields: {c: indicator}}
            missing: {default: mean, values: [NA, "null", "-", unknown]}
            missing: {fields: {c: indicator}, values: []}
            """)
    void reads_back_equal(String missing) {
        ModelSpec spec = spec(missing);
        assertThat(ModelSpec.parse(spec.toYaml())).isEqualTo(spec);
        assertThat(ModelSpec.parse(spec.toYaml()).toYaml()).isEqualTo(spec.toYaml());
    }

    /** Would catch a policy that is accepted and ignored. */
    @Test
    void a_feature_may_be_named_as_in_a_list() {
        String model =
                "{name: m, label: y, loss: huber, features: {numeric: [7, true, $.user.age], missing: {fields: {%s: mean}}}}";
        for (String name : List.of("7", "true", "$.user.age", "user.age", "'7'")) {
            MissingSpec missing =
                    ModelSpec.parse(model.formatted(name)).features().missing();
            String feature = name.replace("'", "").replace("$.", "");
            assertThat(missing.of(feature)).isEqualTo(MissingPolicy.MEAN);
        }
        assertThatThrownBy(() -> ModelSpec.parse(model.formatted("7: zero, '7'")))
                .hasMessage("features.missing.fields.7: mean (expected: each field once)");
        assertThatThrownBy(() -> ModelSpec.parse(model.formatted("8")))
                .hasMessageContaining("features.missing.fields.8: unknown field");
    }

    @Test
    void the_order_of_fields_and_a_repeated_default_do_not_matter() {
        ModelSpec spec = spec("missing: {default: mean, fields: {a: zero, b: indicator}}");
        assertThat(spec("missing: {fields: {b: indicator, a: zero}, default: mean}")
                        .hash())
                .isEqualTo(spec.hash());
        assertThat(spec("missing: {default: mean, fields: {a: mean}}")).isEqualTo(spec("missing: mean"));
    }

    @Test
    void an_indicator_is_an_input_after_the_numeric_features() {
        ModelSpec spec = spec("missing: {fields: {b: indicator}}");
        assertThat(spec.features().numberNames()).containsExactly("a", "b", "missing(b)", "pixel[0]", "pixel[1]");
        assertThat(spec.features().numbers()).isEqualTo(5);
        assertThat(spec.parameterCount()).isEqualTo(1 + spec("").parameterCount());
        assertThat(spec("missing: indicator").features().numbers()).isEqualTo(6);
        assertThat(spec("missing: zero").features().numbers()).isEqualTo(4);
    }

    @Test
    void moments_are_kept_for_standardized_numbers_and_for_means() {
        assertThat(spec("").features().standardizer().length()).isEqualTo(1 + 2 * 2);
        assertThat(spec("missing: mean").features().standardizer().length()).isEqualTo(1 + 2 * 3);
        assertThat(spec("missing: zero").features().standardizer().length()).isEqualTo(1 + 2 * 2);
        assertThat(spec("standardize: false, missing: {fields: {a: mean}}")
                        .features()
                        .standardizer()
                        .length())
                .isEqualTo(1 + 3);
        assertThat(spec("standardize: false, missing: zero")
                        .features()
                        .standardizer()
                        .length())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            missing: median | features.missing: median (expected: one of indicator, mean, reject, zero, or {default: ..., ...}; did you mean mean?)
            missing: {default: maen} | features.missing.default: maen (expected: one of indicator, mean, reject, zero; did you mean mean?)
            missing: {fields: {a: 0}} | features.missing.fields.a: 0 (expected: one of indicator, mean, reject, zero)
            missing: {fields: {aa: mean}} | features.missing.fields.aa: unknown field (expected: a?)
            missing: {fields: {pixel: mean}} | features.missing.fields.pixel: unknown field (expected: one of a, b, c)
            missing: {fields: {c: mean}} | features.missing.fields.c: mean (expected: reject, or indicator, since an absent text is a value of its own)
            missing: {a: mean} | features.missing.a: unknown field (expected: one of default, fields, values)
            missing: {values: [NA]} | features.missing.values: [NA] (expected: none, since no feature may be missing; default or fields allows it)
            missing: {default: mean, values: NA} | features.missing.values: NA (expected: a list of distinct texts)
            missing: {default: mean, values: [NA, -999]} | features.missing.values[1]: -999 (expected: a text of up to 40 characters that is not a number, without blanks around it)
            missing: {default: mean, values: [null]} | features.missing.values[0]: null (expected: a text)
            missing: [a] | features.missing: [a] (expected: one of indicator, mean, reject, zero, or {default: ..., ...})
            """)
    void names_a_mistake(String missing, String message) {
        assertThatThrownBy(() -> spec(missing)).hasMessage(message);
    }

    @Test
    void a_sequence_lacks_no_feature() {
        assertThatThrownBy(() -> ModelSpec.parse("""
                        {name: m, label: y*, features: {tokens: [t], missing: mean}, model: {type: sequence, steps: 3},
                         outputs: 2, loss: sequence-cross-entropy}
                        """))
                .hasMessageStartingWith("features.missing: mean (expected: reject; ");
    }

    @Test
    void a_change_of_the_inputs_is_refused() {
        assertThat(SpecCompatibility.refusal(spec(""), spec("missing: indicator")))
                .startsWith("features.missing: indicator, was none; ")
                .endsWith("or reset: true to start from scratch)");
    }

    private static ModelSpec spec(String missing) {
        return ModelSpec.parse("{name: m, label: y, features: {" + FEATURES + (missing.isEmpty() ? "" : ", " + missing)
                + "}, loss: mean-squared-error}");
    }
}
