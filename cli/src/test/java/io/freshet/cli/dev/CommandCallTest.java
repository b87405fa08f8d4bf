package io.freshet.cli.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Would catch settings of the user's own cluster that reach the broker of dev. */
class CommandCallTest {
    /** Its defaults come from a variable that every process has, as do those of the Kafka options. */
    @Command(name = "probe")
    static final class Probe implements Callable<Integer> {
        @Mixin
        private Options options = new Options();

        @Override
        public Integer call() {
            return 0;
        }
    }

    static final class Options {
        @Option(names = "--file", defaultValue = "${env:PATH}")
        private @Nullable String file;

        @Option(names = "--servers", defaultValue = "${env:PATH:-localhost:9092}")
        private String servers = "";

        @Option(names = "--prefix", defaultValue = "freshet")
        private String prefix = "";
    }

    @Test
    void no_variable_of_the_environment_sets_an_option() throws Exception {
        Probe called = new Probe();
        call(called);

        assertThat(called.options.file).isNull();
        assertThat(called.options.servers).isEqualTo("localhost:9092");
        assertThat(called.options.prefix).isEqualTo("freshet");

        Probe asUsual = new Probe();
        new CommandLine(asUsual).parseArgs();
        assertThat(asUsual.options.file).isEqualTo(System.getenv("PATH"));
    }

    @Test
    void arguments_set_options() throws Exception {
        Probe probe = new Probe();
        call(probe, "--file", "x", "--servers", "a:1");

        assertThat(probe.options.file).isEqualTo("x");
        assertThat(probe.options.servers).isEqualTo("a:1");
    }

    private static void call(Probe probe, String... arguments) throws Exception {
        PrintWriter nowhere = new PrintWriter(new StringWriter());
        new CommandCall(nowhere, nowhere).run(probe, List.of(arguments));
    }
}
