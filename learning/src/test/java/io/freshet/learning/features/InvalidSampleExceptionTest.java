package io.freshet.learning.features;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Would catch a reason that names what another model expects, or hides why a field is missing. */
class InvalidSampleExceptionTest {
    private static final InvalidSampleException NOT_A_NUMBER = InvalidSampleException.of("x", "an array", "a number");
    private static final InvalidSampleException NOT_A_TEXT = InvalidSampleException.of("x", "an array", "a text");
    private static final InvalidSampleException COLUMN = InvalidSampleException.of("p3", "a", "a number");
    private static final List<InvalidSampleException> FAULTS = List.of(NOT_A_NUMBER, NOT_A_TEXT, COLUMN);

    @Test
    void a_missing_field_has_the_cause_that_names_the_expected_type() {
        assertThat(InvalidSampleException.of("x", "missing", "a number").orCause(FAULTS))
                .isSameAs(NOT_A_NUMBER);
        assertThat(InvalidSampleException.of("x", "missing", "a text").orCause(FAULTS))
                .isSameAs(NOT_A_TEXT);
        assertThat(InvalidSampleException.of("x", "missing", "a time").orCause(FAULTS))
                .isSameAs(NOT_A_NUMBER);
    }

    @Test
    void an_invalid_element_of_a_vector_has_the_cause_of_the_same_element_or_column() {
        InvalidSampleException third = InvalidSampleException.of("v", 3, "{}", "a number");
        assertThat(InvalidSampleException.of("v", 3, Float.POSITIVE_INFINITY, "a number of magnitude up to 3.4e38")
                        .orCause(List.of(InvalidSampleException.of("v", "x", "a number"), third)))
                .isSameAs(third);
        assertThat(InvalidSampleException.of("p*", "missing", "4 numbers").orCause(FAULTS))
                .isSameAs(COLUMN);
    }

    @Test
    void another_reason_or_field_stays() {
        InvalidSampleException value = InvalidSampleException.of("x", "7.0", "0 or 1");
        assertThat(value.orCause(FAULTS)).isSameAs(value);
        InvalidSampleException other = InvalidSampleException.of("z", "missing", "a number");
        assertThat(other.orCause(FAULTS)).isSameAs(other);
        assertThat(NOT_A_NUMBER.orCause(List.of())).isSameAs(NOT_A_NUMBER);
    }
}
