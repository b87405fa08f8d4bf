package io.freshet.cli.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.features.InvalidSampleException;
import java.util.List;
import org.junit.jupiter.api.Test;

class VectorTextTest {
    @Test
    void reads_numbers_between_spaces_commas_or_semicolons_in_brackets_or_not() throws Exception {
        for (String text : List.of(
                "1 0.5 -2e3", "1,0.5,-2e3", "1;0.5;-2e3", "[1, 0.5, -2e3]", "  [ 1 ; 0.5\t-2e3 ]  ", "1 ,0.5 , -2e3")) {
            assertThat(VectorText.parse("x", text)).as(text).containsExactly(1, 0.5f, -2000);
        }
    }

    @Test
    void nothing_is_a_vector_without_numbers() throws Exception {
        for (String text : List.of("", "  ", "[]", "[ ]")) {
            assertThat(VectorText.parse("x", text)).as(text).isEmpty();
        }
    }

    @Test
    void long_texts_are_read_whole() throws Exception {
        assertThat(VectorText.parse("x", "7 ".repeat(100_000))).hasSize(100_000).containsOnly(7);
    }

    @Test
    void what_is_no_number_is_named_by_its_place() {
        assertBad("1 two 3", "x[1]: two (expected: a number)");
        assertBad("1,,3", "x[1]: empty (expected: a number)");
        assertBad(",1", "x[0]: empty (expected: a number)");
        assertBad("1,2,", "x[2]: empty (expected: a number)");
        assertBad(",", "x[0]: empty (expected: a number)");
        assertBad("1 NaN", "x[1]: NaN (expected: a number)");
        assertBad("1 1e39", "x[1]: 1e39 (expected: a number of magnitude up to 3.4e38)");
        assertBad("[1 2", "x: [1 2 (expected: numbers, and ] at the end)");
        assertBad("[", "x: [ (expected: numbers, and ] at the end)");
        assertBad("1 2]", "x[1]: 2] (expected: a number)");
    }

    private static void assertBad(String text, String message) {
        assertThatThrownBy(() -> VectorText.parse("x", text))
                .as(text)
                .isInstanceOf(InvalidSampleException.class)
                .hasMessage(message);
    }
}
