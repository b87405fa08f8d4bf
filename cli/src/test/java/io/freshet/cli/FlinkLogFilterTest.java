package io.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.Filter;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.ConfigurationSource;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.properties.PropertiesConfigurationFactory;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.message.SimpleMessage;
import org.junit.jupiter.api.Test;

/** Catches a log of the job's image that Flink fills with a warning of its own, or one that hides other warnings. */
class FlinkLogFilterTest {
    private static final Path FILTER = Path.of("..", "deploy", "docker", "log4j-console.properties");
    private static final String COLLISION = "Name collision: Group already contains a Metric with the name '%s'."
            + " Metric will not be reported.[localhost, taskmanager, 1, job, metrics: Committer, 0]";

    @Test
    void drops_only_the_collisions_of_the_committers_gauge() throws Exception {
        assertThat(result(COLLISION.formatted("pendingCommittables"))).isEqualTo(Filter.Result.DENY);
        assertThat(result(COLLISION.formatted("learned"))).isEqualTo(Filter.Result.NEUTRAL);
        assertThat(result("Failed to report pendingCommittables")).isEqualTo(Filter.Result.NEUTRAL);
    }

    private static Filter.Result result(String message) throws Exception {
        ConfigurationSource source = new ConfigurationSource(new ByteArrayInputStream(Files.readAllBytes(FILTER)));
        Configuration configuration =
                new PropertiesConfigurationFactory().getConfiguration(new LoggerContext("test"), source);
        configuration.initialize();
        LoggerConfig logger = configuration.getLoggerConfig("org.apache.flink.metrics.MetricGroup");
        return logger.getFilter()
                .filter(Log4jLogEvent.newBuilder()
                        .setLoggerName("org.apache.flink.metrics.MetricGroup")
                        .setLevel(Level.WARN)
                        .setMessage(new SimpleMessage(message))
                        .build());
    }
}
