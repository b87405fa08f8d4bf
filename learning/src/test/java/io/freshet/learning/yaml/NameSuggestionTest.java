package io.freshet.learning.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class NameSuggestionTest {
    @Test
    void the_nearest_of_the_names_within_a_third_of_their_letters_is_found() {
        assertThat(NameSuggestion.of("distanec", List.of("origin", "distance", "distances")))
                .hasValue("distance");
        assertThat(NameSuggestion.of("citty", List.of("a", "city"))).hasValue("city");
        assertThat(NameSuggestion.of("ab", List.of("ax", "ay")))
                .as("the first of equals")
                .hasValue("ax");
    }

    @Test
    void a_name_farther_away_is_not_meant() {
        assertThat(NameSuggestion.of("temperature", List.of("a", "city"))).isEmpty();
        assertThat(NameSuggestion.of("abcd", List.of("abxy")))
                .as("2 letters of 4 is 2, within")
                .hasValue("abxy");
        assertThat(NameSuggestion.of("abcd", List.of("axyz"))).isEmpty();
        assertThat(NameSuggestion.of("x", List.of())).isEmpty();
    }

    @Test
    void a_short_name_that_is_too_far_away_does_not_hide_a_longer_one_within_a_third() {
        assertThat(NameSuggestion.of("abcd", List.of("ab", "abcdefg"))).hasValue("abcdefg");
    }

    /** Would catch a request that keeps a thread for hours by a field's name of its own size. */
    @Test
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void a_word_far_longer_than_all_names_takes_no_time() {
        assertThat(NameSuggestion.of("x".repeat(4 << 20), Collections.nCopies(10_000, "a name of some letters")))
                .isEmpty();
    }
}
