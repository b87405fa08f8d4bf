package io.freshet.learning.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class NameSuggestionTest {
    @Test
    void suggests_the_nearest_name_within_a_third_of_its_letters() {
        assertThat(NameSuggestion.of("distanec", List.of("origin", "distance", "distances")))
                .hasValue("distance");
        assertThat(NameSuggestion.of("citty", List.of("a", "city"))).hasValue("city");
        assertThat(NameSuggestion.of("ab", List.of("ax", "ay")))
                .as("the first of equals")
                .hasValue("ax");
    }

    @Test
    void swapped_neighbors_are_one_mistake() {
        assertThat(NameSuggestion.of("mpl", List.of("linear", "mlp"))).hasValue("mlp");
        assertThat(NameSuggestion.of("kye", List.of("keyed", "key"))).hasValue("key");
    }

    @Test
    void suggests_a_name_by_its_initials() {
        assertThat(NameSuggestion.of("mse", List.of("huber", "mean-squared-error")))
                .hasValue("mean-squared-error");
    }

    @Test
    void a_hint_is_empty_without_a_near_name() {
        assertThat(NameSuggestion.hint("adamm", List.of("adam"))).isEqualTo("; did you mean adam?");
        assertThat(NameSuggestion.hint("tree", List.of("adam"))).isEmpty();
    }

    @Test
    void does_not_suggest_a_more_distant_name() {
        assertThat(NameSuggestion.of("temperature", List.of("a", "city"))).isEmpty();
        assertThat(NameSuggestion.of("abcd", List.of("abxy")))
                .as("2 letters of 4 is 2, within")
                .hasValue("abxy");
        assertThat(NameSuggestion.of("abcd", List.of("axyz"))).isEmpty();
        assertThat(NameSuggestion.of("x", List.of())).isEmpty();
    }

    @Test
    void a_short_name_that_is_too_distant_does_not_hide_a_longer_one_within_a_third() {
        assertThat(NameSuggestion.of("abcd", List.of("ab", "abcdefg"))).hasValue("abcdefg");
    }

    /** Would catch a request that occupies a thread for hours with a field name of a megabyte. */
    @Test
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void skips_names_far_shorter_than_the_word() {
        assertThat(NameSuggestion.of("x".repeat(4 << 20), Collections.nCopies(10_000, "a name of some letters")))
                .isEmpty();
    }
}
