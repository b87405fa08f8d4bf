package io.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Would catch a script that a shell cannot read, or that misses a command. */
class CompletionCommandIT {
    @TempDir
    Path directory;

    @Test
    void bash_completes_commands_and_options() throws Exception {
        Path script = Files.writeString(
                directory.resolve("freshet.bash"),
                Run.of("completion", "bash").done().out());
        assertThat(bash(script, "freshet", "desc")).contains("describe");
        assertThat(bash(script, "freshet", "train", "--epo")).containsExactly("--epochs");
    }

    /** Runs bash's completion of the last word. */
    private static List<String> bash(Path script, String... words) throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "skipped: no /bin/bash");
        String line = "source " + script + "; COMP_WORDS=(" + String.join(" ", words) + "); COMP_CWORD="
                + (words.length - 1) + "; _complete_freshet; printf '%s\\n' \"${COMPREPLY[@]}\"";
        Process bash = new ProcessBuilder("/bin/bash", "-c", line).start();
        String out = new String(bash.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(bash.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return out.lines().map(String::strip).toList();
    }

    @Test
    void zsh_reads_the_script_of_bash() {
        assertThat(Run.of("completion", "zsh").done().out())
                .isEqualTo(Run.of("completion", "bash").done().out())
                .contains("bashcompinit");
    }

    @Test
    void fish_gets_a_line_for_each_command_and_option() {
        assertThat(Run.of("completion", "fish").done().outLines())
                .contains(
                        "complete -c freshet -n '__fish_use_subcommand' -f -a get -d 'List the models.'",
                        "complete -c freshet -n '__fish_seen_subcommand_from topics; and not __fish_seen_subcommand_from"
                                + " create list' -f -a list -d 'List the topics, including missing ones.'",
                        "complete -c freshet -n '__fish_seen_subcommand_from train' -l epochs -r -d 'Number of epochs'")
                .allMatch(line -> line.startsWith("complete -c freshet -n '") && line.endsWith("'"));
    }

    @Test
    void rejects_another_shell() {
        assertThat(Run.of("completion", "tcsh").code()).isEqualTo(2);
    }
}
