package io.freshet.cli;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;

/** Would catch a changed option, with which {@code bin/freshet} would silently archive fewer classes. */
class ArchivedCommandsIT {
    @Test
    void every_command_succeeds() {
        assertThatCode(ArchivedCommands::runAll).doesNotThrowAnyException();
    }
}
