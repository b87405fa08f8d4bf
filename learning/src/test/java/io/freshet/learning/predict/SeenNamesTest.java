package io.freshet.learning.predict;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Would catch a collision that is not shown, and names that grow with the samples. */
class SeenNamesTest {
    @Test
    void lists_all_names_of_a_row_the_most_frequent_first() {
        SeenNames seen = new SeenNames(wanted());
        seen.add(1, "a=x");
        seen.add(1, "b=y");
        seen.add(1, "b=y");

        assertThat(seen.of(1)).containsExactly(new SeenNames.Seen("b=y", 2), new SeenNames.Seen("a=x", 1));
        assertThat(seen.text(1)).isEqualTo("b=y | a=x");
        assertThat(seen.shared()).isEqualTo(1);
        assertThat(seen.unnamed()).isEqualTo(1);
    }

    @Test
    void keeps_a_bounded_count_of_names() {
        SeenNames seen = new SeenNames(wanted());
        for (int i = 0; i < 10_000; i++) {
            seen.add(1, "a=" + i % 5_000);
        }

        assertThat(seen.of(1)).hasSize(32).contains(new SeenNames.Seen("a=31", 2));
        assertThat(seen.text(1)).isEqualTo("a=0 | a=1 | a=10 | 29 more");
    }

    @Test
    void prints_no_control_characters_and_no_long_names() {
        SeenNames seen = new SeenNames(wanted());
        seen.add(1, "a=\u001b[31m\u009b" + "x".repeat(100));

        assertThat(seen.text(1)).isEqualTo("a=?[31m?" + "x".repeat(52) + "...");
    }

    @Test
    void has_no_text_for_a_row_without_a_name() {
        assertThat(SeenNames.none().text(1)).isEmpty();
        assertThat(SeenNames.none().of(1)).isEqualTo(List.of());
    }

    private static BitSet wanted() {
        BitSet wanted = new BitSet();
        wanted.set(1, 3);
        return wanted;
    }
}
