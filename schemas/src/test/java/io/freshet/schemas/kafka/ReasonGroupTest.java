package io.freshet.schemas.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Would catch reasons that are counted once per value. */
class ReasonGroupTest {
    @Test
    void has_the_field_and_what_was_expected_but_not_the_value() {
        assertThat(ReasonGroup.of("price: two (expected: a number)")).isEqualTo("price (expected: a number)");
        assertThat(ReasonGroup.of("pixel[17]: 1e99 (expected: a float)")).isEqualTo("pixel (expected: a float)");
        assertThat(ReasonGroup.of("price: a (b) (expected: a number)")).isEqualTo("price (expected: a number)");
    }

    @Test
    void is_the_beginning_of_a_reason_without_an_expectation() {
        assertThat(ReasonGroup.of("gradient: NaN")).isEqualTo("gradient");
        assertThat(ReasonGroup.of("out of memory")).isEqualTo("out of memory");
        assertThat(ReasonGroup.of("no field (expected: one)")).isEqualTo("no field (expected: one)");
        assertThat(ReasonGroup.of("")).isEmpty();
    }
}
