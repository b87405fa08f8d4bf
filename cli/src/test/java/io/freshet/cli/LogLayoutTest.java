package io.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.ConfigurationSource;
import org.apache.logging.log4j.core.config.xml.XmlConfiguration;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.message.SimpleMessage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Catches stack traces in the output of a command, logged by Flink for failures from which it recovers. */
class LogLayoutTest {
    private final Configuration configuration = configuration();

    @Test
    void logs_a_failure_on_one_line_with_its_exception() {
        IllegalStateException failure =
                new IllegalStateException("Trying to open gateway\n  for unseen checkpoint", new Exception("deeper"));
        assertThat(logged("short", "Caught exception\nwhile executing", failure))
                .matches("\\d\\d:\\d\\d:\\d\\d ERROR Actor - Caught exception while executing:"
                        + " java.lang.IllegalStateException: Trying to open gateway for unseen checkpoint\\R");
        assertThat(logged("short", "Lost a task", null))
                .endsWith(" ERROR Actor - Lost a task" + System.lineSeparator());
        assertThat(logged("short", "Lost a task", new IllegalStateException()))
                .endsWith(" ERROR Actor - Lost a task: java.lang.IllegalStateException" + System.lineSeparator());
    }

    @Test
    void verbose_logs_the_whole_stack_trace() {
        assertThat(logged("verbose", "Caught exception", new IllegalStateException("why"))
                        .lines())
                .anyMatch(line -> line.endsWith(" ERROR Actor - Caught exception"))
                .contains("java.lang.IllegalStateException: why")
                .anyMatch(line -> line.contains("at io.freshet.cli.LogLayoutTest."));
    }

    @Test
    void json_has_the_message_and_the_exception_as_texts() {
        JsonObject failed = new JsonObject(logged("json", "a \"quote\"\nand a line", new IllegalStateException("why")));
        assertThat(failed.fieldNames())
                .containsExactly("timestamp", "level", "logger", "thread", "message", "exception");
        assertThat(Instant.parse(failed.getString("timestamp"))).isBeforeOrEqualTo(Instant.now());
        assertThat(failed.getString("level")).isEqualTo("ERROR");
        assertThat(failed.getString("logger")).isEqualTo("org.apache.Actor");
        assertThat(failed.getString("message")).isEqualTo("a \"quote\"\nand a line");
        assertThat(failed.getString("exception"))
                .startsWith("java.lang.IllegalStateException: why")
                .contains("at io.freshet.cli.LogLayoutTest.");
        assertThat(new JsonObject(logged("json", "fine", null)).fieldNames())
                .containsExactly("timestamp", "level", "logger", "thread", "message");
    }

    @Test
    void logs_short_lines_by_default() {
        assertThat(configuration.getRootLogger().getAppenders()).containsOnlyKeys("short");
        assertThat(configuration.getAppenders()).containsOnlyKeys("short", "verbose", "json");
    }

    @Test
    void the_system_property_selects_verbose_logging() {
        System.setProperty("freshet.console", "verbose");
        try {
            assertThat(configuration().getRootLogger().getAppenders()).containsOnlyKeys("verbose");
        } finally {
            System.clearProperty("freshet.console");
        }
    }

    private String logged(String appender, String message, @Nullable Throwable failure) {
        Log4jLogEvent event = Log4jLogEvent.newBuilder()
                .setLoggerName("org.apache.Actor")
                .setLevel(Level.ERROR)
                .setMessage(new SimpleMessage(message))
                .setThrown(failure)
                .build();
        return configuration
                .getAppender(appender)
                .getLayout()
                .toSerializable(event)
                .toString();
    }

    private static Configuration configuration() {
        Configuration configuration = new XmlConfiguration(
                new LoggerContext("test"),
                ConfigurationSource.fromResource("log4j2.xml", LogLayoutTest.class.getClassLoader()));
        configuration.initialize();
        return configuration;
    }
}
