package io.freshet.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import picocli.CommandLine.Help.Ansi;

class TableTest {
    /** Would catch a key, a category, or a column that moves the cursor of a terminal. */
    @Test
    void a_terminal_obeys_nothing_in_a_cell() {
        Table table = new Table("KEY", "a\u009b2J");
        table.add("\u001b]0;title\u0007", "two\nlines");

        assertThat(table.toString().lines()).containsExactly("KEY         a 2J", " ]0;title   two\\nlines");
    }

    @Test
    void colors_of_the_command_stay_and_have_no_width() {
        Table table = new Table("STATE", "KEYS");
        table.addStyled(new Styles(Ansi.ON).bad("diverged"), "7");

        assertThat(table.toString().lines()).containsExactly("STATE     KEYS", "\u001b[31mdiverged\u001b[0m  7");
    }

    @Test
    void columns_are_as_wide_as_their_longest_cell() {
        Table table = new Table("MODEL", "KEY");
        table.add("delays-by-carrier", "-");
        table.add("d", "carrier");

        assertThat(table.toString().lines())
                .containsExactly("MODEL              KEY", "delays-by-carrier  -", "d                  carrier");
    }
}
