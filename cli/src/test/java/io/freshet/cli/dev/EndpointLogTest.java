package io.freshet.cli.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.ConfigurationSource;
import org.apache.logging.log4j.core.config.xml.XmlConfiguration;
import org.junit.jupiter.api.Test;

/** Would catch lines of Flink's REST endpoint on the console of a command: it logs by the name of our subclass, which logs more. */
class EndpointLogTest {
    @Test
    void the_endpoint_logs_as_little_as_the_rest_of_flink() throws IOException {
        Configuration configuration = new XmlConfiguration(
                new LoggerContext("endpoints"),
                ConfigurationSource.fromResource("log4j2.xml", EndpointLogTest.class.getClassLoader()));
        configuration.initialize();
        assertThat(configuration.getLoggerConfig(ReadOnlyPage.class.getName()).getLevel())
                .isEqualTo(configuration.getLoggerConfig("org.apache.flink").getLevel())
                .isEqualTo(Level.ERROR);
    }
}
