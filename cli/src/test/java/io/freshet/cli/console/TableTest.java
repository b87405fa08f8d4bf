package io.freshet.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void columns_are_as_wide_as_their_longest_cell() {
        Table table = new Table("MODEL", "KEY");
        table.add("delays-by-carrier", "-");
        table.add("d", "carrier");

        assertThat(table.toString().lines())
                .containsExactly("MODEL              KEY", "delays-by-carrier  -", "d                  carrier");
    }
}
