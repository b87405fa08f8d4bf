package io.freshet.learning.spec;

import static io.freshet.learning.spec.SpecErrorsTest.SMALLEST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.yaml.SpecException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch YAML that is malformed or malicious, and not reported as an error of a specification. */
class SpecSyntaxTest {
    @Test
    void rejects_a_repeated_field_with_its_line() {
        assertThatThrownBy(() -> ModelSpec.parse(SMALLEST + "label: z\n"))
                .isInstanceOf(SpecException.class)
                .hasMessageContaining("line 5")
                .hasMessageContaining("duplicate key label");
    }

    @Test
    void rejects_invalid_yaml_with_its_line() {
        assertThatThrownBy(() -> ModelSpec.parse("name: m\nlabel: [y\nloss: x\n"))
                .isInstanceOf(SpecException.class)
                .hasMessageStartingWith("line 3, column ")
                .hasMessageEndingWith("(expected: YAML)");
        assertThatThrownBy(() -> ModelSpec.parse("name: m\n\tlabel: y\n"))
                .isInstanceOf(SpecException.class)
                .hasMessageStartingWith("line 2, column 1: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "   \n", "# nothing\n", "7", "- a\n- b\n", "a\n--- \nb: c\n", "null", "\u0000"})
    void rejects_yaml_that_is_not_a_mapping(String yaml) {
        assertThatThrownBy(() -> ModelSpec.parse(yaml))
                .isInstanceOf(SpecException.class)
                .hasMessageContaining("expected:");
    }

    /** Specifications are read from a topic, so one that would exhaust memory or stack must be an ordinary error. */
    @Test
    void rejects_malicious_yaml() {
        String bomb = "a0: &a0 [x, x]\n";
        for (int i = 1; i < 40; i++) {
            bomb += "a" + i + ": &a" + i + " [*a" + (i - 1) + ", *a" + (i - 1) + "]\n";
        }
        String[] all = {
            "name: &a [[*a]]",
            "name: &a {b: {c: *a}}",
            "&a name: *a",
            bomb + "name: *a39\n",
            "name: " + "[".repeat(100_000),
            "name: " + "[".repeat(100_000) + "]".repeat(100_000),
            "name: " + "{a: ".repeat(100_000) + "}".repeat(100_000),
            "- ".repeat(100_000),
            "? ".repeat(100_000),
            "name: " + "x".repeat(2_000_000),
            "name: !!java.net.URL [\"http://localhost/\"]",
            "%YAML 9.9\n---\nname: m",
        };
        for (String yaml : all) {
            assertThatThrownBy(() -> ModelSpec.parse(yaml))
                    .as(yaml.substring(0, Math.min(40, yaml.length())))
                    .isInstanceOf(SpecException.class)
                    .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(1000));
        }
    }

    @Test
    void truncates_a_long_value() {
        assertThatThrownBy(() -> ModelSpec.parse(SMALLEST.replace("name: m", "name: " + "m".repeat(10_000))))
                .satisfies(e -> assertThat(e.getMessage())
                        .hasSizeLessThan(400)
                        .startsWith("name: mmm")
                        .endsWith("... (expected: letters, digits, . _ -, at most 100)"));
    }
}
