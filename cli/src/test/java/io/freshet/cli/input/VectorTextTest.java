package io.freshet.cli.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.features.InvalidSampleException;
import java.util.List;
import org.junit.jupiter.api.Test;

class VectorTextTest {
    @Test
    void parses_all_separators_with_and_without_brackets() throws Exception {
        for (String text : List.of(
                "1 0.5 -2e3", "1,0.5,-2e3", "1;0.5;-2e3", "[1, 0.5, -2e3]", "  [ 1 ; 0.5\t-2e3 ]  ", "1 ,0.5 , -2e3")) {
            assertThat(VectorText.parse("x", text)).as(text).containsExactly(1, 0.5f, -2000);
        }
    }

    @Test
    void parses_empty_text_as_an_empty_vector() throws Exception {
        for (String text : List.of("", "  ", "[]", "[ ]")) {
            assertThat(VectorText.parse("x", text)).as(text).isEmpty();
        }
    }

    @Test
    void parses_long_texts_completely() throws Exception {
        assertThat(VectorText.parse("x", "7 ".repeat(100_000))).hasSize(100_000).containsOnly(7);
    }

    @Test
    void names_the_index_of_an_invalid_number() {
        assertRejected("1 two 3", "x[1]: two (expected: a number)");
        assertRejected("1,,3", "x[1]: empty (expected: a number)");
        assertRejected(",1", "x[0]: empty (expected: a number)");
        assertRejected("1,2,", "x[2]: empty (expected: a number)");
        assertRejected(",", "x[0]: empty (expected: a number)");
        assertRejected("1 NaN", "x[1]: NaN (expected: a number)");
        assertRejected("1 1e39", "x[1]: 1e39 (expected: a number of magnitude up to 3.4e38)");
        assertRejected("[1 2", "x: [1 2 (expected: numbers and a closing ])");
        assertRejected("[", "x: [ (expected: numbers and a closing ])");
        assertRejected("1 2]", "x[1]: 2] (expected: a number)");
    }

    private static void assertRejected(String text, String message) {
        assertThatThrownBy(() -> VectorText.parse("x", text))
                .as(text)
                .isInstanceOf(InvalidSampleException.class)
                .hasMessage(message);
    }
}
