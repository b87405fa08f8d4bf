package io.freshet.job.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Would catch an empty variable that sets an option to an address without a host, or to a file without a name. */
class EnvironmentDefaultsTest {
    @Command(name = "probe")
    static final class Probe {
        @Option(names = "--server", defaultValue = "${env:SERVER}")
        private @Nullable URI server;

        @Option(names = "--brokers", defaultValue = "${env:BROKERS:-localhost:9092}")
        private String brokers = "";

        @Option(names = "--prefix", defaultValue = "freshet")
        private String prefix = "";
    }

    @Test
    void an_empty_variable_is_not_set() {
        Probe probe = parse(Map.of("SERVER", "", "BROKERS", " "));

        assertThat(probe.server).isNull();
        assertThat(probe.brokers).isEqualTo("localhost:9092");
        assertThat(probe.prefix).isEqualTo("freshet");
    }

    @Test
    void a_variable_sets_an_option_that_is_not_given() {
        Map<String, String> environment = Map.of("SERVER", "http://a", "BROKERS", "b:1");

        assertThat(parse(environment).server).hasToString("http://a");
        assertThat(parse(environment).brokers).isEqualTo("b:1");
        assertThat(parse(environment, "--brokers", "c:1").brokers).isEqualTo("c:1");
    }

    private static Probe parse(Map<String, String> environment, String... arguments) {
        Probe probe = new Probe();
        new CommandLine(probe)
                .setDefaultValueProvider(new EnvironmentDefaults(environment))
                .parseArgs(arguments);
        return probe;
    }
}
