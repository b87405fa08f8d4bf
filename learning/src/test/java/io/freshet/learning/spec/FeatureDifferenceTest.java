package io.freshet.learning.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Would catch a refused change whose message leaves it to the reader to compare two lists of all features. */
class FeatureDifferenceTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            numeric: [a, b]                         | numeric: [b, c]                           | features.numeric: c added, a removed
            numeric: [a, b]                         | numeric: [b, a]                           | features.numeric: in another order
            numeric: [a]                            | numeric: [a], standardize: false          | features.standardize: false, was true
            numeric: [a], hashBits: 4               | numeric: [a], hashBits: 5, tokens: [t]    | features.tokens: t added; features.hashBits: 5, was 4
            dense: {field: v, length: 2}            | dense: {field: v, length: 3, divide: 255} | features.dense: v with length 3, was 2, divide 255.0, was 1.0
            cross: [[a, b]]                         | cross: [[a, c]]                           | features.cross: [a, c] added, [a, b] removed
            numeric: [a], missing: mean             | numeric: [a]                              | features.missing: none, was mean
            numeric: [a], missing: mean             | numeric: [a], missing: {default: zero, fields: {a: indicator}} | features.missing: default zero, was mean, fields.a indicator, was none
            numeric: [a], missing: {default: mean, values: [x]} | numeric: [a, b], missing: {default: zero, values: [y]} | features.numeric: b added; features.missing: zero, was mean
            time: [{field: t, features: [hour]}]    | time: [{field: t, features: [month]}]     | features.time: t with features [month], was [hour]
            numeric: [a]                            | time: {field: t, features: [hour]}        | features.numeric: a removed; features.time: t added
            """)
    void names_what_changed(String before, String after, String difference) {
        assertThat(FeatureDifference.between(features(before), features(after)).collect(Collectors.joining("; ")))
                .isEqualTo(difference);
        ModelSpec from = spec(before);
        assertThat(SpecCompatibility.misfit(from, spec(after)))
                .startsWith(difference + " (expected: the shape that the parameters were learned in)");
        assertThat(SpecCompatibility.misfit(from, from)).isNull();
    }

    private static FeatureSpec features(String yaml) {
        return spec(yaml).features();
    }

    private static ModelSpec spec(String features) {
        return ModelSpec.parse("{name: m, label: y, features: {" + features + "}, loss: mean-squared-error}");
    }
}
