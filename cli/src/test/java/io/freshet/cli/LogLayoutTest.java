package io.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.ConfigurationSource;
import org.apache.logging.log4j.core.config.xml.XmlConfiguration;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.message.SimpleMessage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Would catch stack traces of what goes wrong within Flink, and is mended by it, among a command's own lines. */
class LogLayoutTest {
    private final Configuration configuration = configuration();

    @Test
    void what_went_wrong_is_one_line_that_ends_with_the_first_of_its_exception() {
        IllegalStateException failure =
                new IllegalStateException("Trying to open gateway\n  for unseen checkpoint", new Exception("deeper"));
        assertThat(logged("line", "Caught exception\nwhile executing", failure))
                .matches("\\d\\d:\\d\\d:\\d\\d ERROR Actor - Caught exception while executing:"
                        + " java.lang.IllegalStateException: Trying to open gateway for unseen checkpoint\\R");
        assertThat(logged("line", "Lost a task", null)).endsWith(" ERROR Actor - Lost a task" + System.lineSeparator());
        assertThat(logged("line", "Lost a task", new IllegalStateException()))
                .endsWith(" ERROR Actor - Lost a task: java.lang.IllegalStateException" + System.lineSeparator());
    }

    @Test
    void verbose_is_the_whole_stack_trace() {
        assertThat(logged("whole", "Caught exception", new IllegalStateException("why"))
                        .lines())
                .anyMatch(line -> line.endsWith(" ERROR Actor - Caught exception"))
                .contains("java.lang.IllegalStateException: why")
                .anyMatch(line -> line.contains("at io.freshet.cli.LogLayoutTest."));
    }

    @Test
    void lines_are_what_is_logged_if_nothing_is_said() {
        assertThat(configuration.getRootLogger().getAppenders()).containsOnlyKeys("line");
        assertThat(configuration.getAppenders()).containsOnlyKeys("line", "whole");
    }

    @Test
    void the_whole_is_logged_if_the_command_says_so() {
        System.setProperty("freshet.console", "whole");
        try {
            assertThat(configuration().getRootLogger().getAppenders()).containsOnlyKeys("whole");
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
