package io.freshet.learning.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.management.ThreadMXBean;
import io.freshet.learning.yaml.SpecException;
import java.lang.management.ManagementFactory;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Would catch a specification that takes the memory or the time of whoever reads it, or an exception of the parser that is not
 * an error message. Both the job and servers read specifications that anyone may have written.
 */
@Timeout(120)
class PoisonSpecTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    /** Loading classes takes a few. */
    private static final long ALLOCATED = 16L << 20;

    private static final String HEAD = "{name: m, label: y, loss: mean-squared-error, ";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "features: {categorical: [a], hashBits: 2147483647}",
                "features: {categorical: [a], hashBits: 26}, outputs: 100000",
                "features: {numeric: [a]}, outputs: 2147483647",
                "features: {numeric: [a]}, model: {type: mlp, hidden: [1e9]}",
                "features: {numeric: [a]}, model: {type: mlp, hidden: [1000000000]}",
                "features: {numeric: [a]}, model: {type: mlp, hidden: [65536, 65536, 65536]}",
                "features: {categorical: [a], hashBits: 26}, model: {type: embedding-mlp, dimension: 1024}",
                "features: {categorical: [a], hashBits: 26}, model: {type: factorization-machine, rank: 256}",
                "features: {dense: {field: x, length: 1048576}}, model: {type: sequence, hidden: 65536, steps: 4096}",
                "features: {dense: {field: x, length: 2147483647}}",
                "features: {numeric: [a]}, evaluation: {window: 99999999999}",
                "features: {numeric: [a]}, batch: 2147483647",
                "features: {numeric: [a]}, replicas: {count: 2147483647}",
                "features: {numeric: [a]}, replicas: {count: 2, staleness: 2147483647}",
            })
    void refuses_a_size_without_allocating_it(String claim) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        Throwable refusal = catchThrowable(() -> ModelSpec.parse(HEAD + claim + "}"));

        assertThat(refusal).isInstanceOf(SpecException.class);
        assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(ALLOCATED);
    }

    /** The moments of 2^26 numbers are counted, not created. */
    @Test
    void refuses_standardized_vectors_without_allocating_them() {
        String vectors = each(64, i -> "{field: v" + i + ", length: 1048576, standardize: true}");
        long before = THREADS.getCurrentThreadAllocatedBytes();
        assertThatThrownBy(() -> ModelSpec.parse(HEAD + "features: {dense: [" + vectors + "]}}"))
                .isInstanceOf(SpecException.class)
                .hasMessageStartingWith("features: 67108864 standardized numbers, ");
        assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(ALLOCATED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "numeric: [a, b], missing: mean",
                "numeric: [a, b, c], standardize: false, missing: {fields: {b: mean, c: indicator}}",
                "numeric: [a], dense: [{field: v, length: 3, standardize: true}, {field: w, length: 2}]",
                "categorical: [a]",
            })
    void counts_the_moments_that_a_standardizer_has(String features) {
        FeatureSpec spec =
                ModelSpec.parse(HEAD + "features: {" + features + "}}").features();
        assertThat(spec.momentCount()).isEqualTo(spec.standardizer().length());
        assertThat(spec.standardizedNumbers()).isEqualTo(spec.standardizer().size());
    }

    /** Written out, each of these 2,000 pairs has 32,000 characters. */
    @Test
    void refuses_aliases_that_repeat_long_texts() {
        String yaml = HEAD + "features: {numeric: [&a " + "a".repeat(16_000) + ", &b " + "b".repeat(16_000)
                + "], cross: [" + "[*a, *b], ".repeat(2_000) + "]}}";
        assertThatThrownBy(() -> ModelSpec.parse(yaml))
                .isInstanceOf(SpecException.class)
                .hasMessage("specification: texts repeated by aliases (expected: up to 1048576 characters together)");
        assertThat(ModelSpec.parse(HEAD + "features: {categorical: [&a first, &b second], cross: [[*a, *b]]}}")
                        .features()
                        .textFields())
                .containsExactly("first", "second");
    }

    @ParameterizedTest
    @CsvSource({"seed, '', 9", "seed, 0x, f", "holdout, 0., 9", "holdout, 1e, 9", "weight, '', w", "key, '', \u00e9"})
    void refuses_numbers_and_texts_of_a_mebibyte(String field, String start, String repeated) {
        String value = start + repeated.repeat(1_000_000);
        assertThatThrownBy(() -> ModelSpec.parse(HEAD + "features: {numeric: [a]}, " + field + ": " + value + "}"))
                .isInstanceOf(SpecException.class)
                .hasMessageMatching("line 1, column \\d+: a text of " + value.length()
                        + " characters \\(expected: texts and numbers of up to 16384\\)");
    }

    /** Comparing each field with each other one took minutes. */
    @Test
    void reads_a_mebibyte_of_fields() {
        String numeric = each(40_000, i -> "n" + i);
        String dense = each(15_000, i -> "{field: v" + i + "*, length: 1}");
        assertThatThrownBy(
                        () -> ModelSpec.parse(HEAD + "features: {numeric: [" + numeric + "], dense: [" + dense + "]}}"))
                .isInstanceOf(SpecException.class)
                .hasMessageContaining(" bytes of text (expected: ");
    }

    private static String each(int count, IntFunction<String> element) {
        return IntStream.range(0, count).mapToObj(element).collect(Collectors.joining(", "));
    }
}
