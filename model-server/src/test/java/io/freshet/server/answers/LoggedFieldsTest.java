package io.freshet.server.answers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoggedFieldsTest {
    @Test
    void are_all_or_none_or_those_named() {
        assertThat(LoggedFields.parse("all").contains("any")).isTrue();
        assertThat(LoggedFields.parse("none").isNone()).isTrue();
        LoggedFields named = LoggedFields.parse("age, origin");
        assertThat(named.contains("age")).isTrue();
        assertThat(named.contains("origin")).isTrue();
        assertThat(named.contains("sex")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a,,b", "a,", " "})
    void an_empty_name_is_an_error(String text) {
        assertThatThrownBy(() -> LoggedFields.parse(text))
                .hasMessage("logAnswersFields: " + text
                        + " (expected: all, none, or names of fields, separated by commas)");
    }
}
