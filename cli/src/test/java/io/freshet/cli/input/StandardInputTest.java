package io.freshet.cli.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Would catch messages that name a temporary file instead of what the user gave. */
class StandardInputTest {
    @Test
    void standard_input_and_its_copy_have_one_name() {
        Path copy = Path.of("/tmp/freshet-stdin-17");
        assertThat(new RowFiles(List.of(copy), Format.CSV, null)).hasToString("standard input");
        assertThat(new RowFiles(List.of(copy), Format.CSV, null).name()).isEqualTo("standard input");
        assertThat(new InputException(StandardInput.once(Path.of("-")), "empty"))
                .hasMessage("standard input: empty");
        assertThat(new InputException(Path.of("data/a.csv"), "empty")).hasMessage("data/a.csv: empty");
    }
}
