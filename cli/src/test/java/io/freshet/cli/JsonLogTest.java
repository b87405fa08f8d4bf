package io.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.Configurator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Would catch a line that a collector of logs cannot parse. */
class JsonLogTest {
    private static final String FORMAT = "freshet.console";

    private final PrintStream standardError = System.err;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    @BeforeEach
    void selectJson() {
        System.setProperty(FORMAT, "json");
        System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void restore() {
        System.clearProperty(FORMAT);
        System.setErr(standardError);
    }

    @Test
    void each_event_is_one_line_of_json() throws Exception {
        try (LoggerContext context = Configurator.initialize(
                "json", null, JsonLogTest.class.getResource("/log4j2.xml").toString())) {
            context.getLogger("io.freshet.Here").info("a \"quoted\" word, C:\\, and\na line");
            context.getLogger("io.freshet.There").error("failed", new IllegalStateException("the \"cause\""));
        }

        List<String> lines = written.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines).hasSize(2);
        JsonNode first = new ObjectMapper().readTree(lines.get(0));
        assertThat(first.get("message").asText()).isEqualTo("a \"quoted\" word, C:\\, and\na line");
        assertThat(first.get("level").asText()).isEqualTo("INFO");
        assertThat(first.get("logger").asText()).isEqualTo("io.freshet.Here");
        assertThat(Instant.parse(first.get("timestamp").asText())).isBefore(Instant.now());
        assertThat(first.has("exception")).isFalse();
        assertThat(new ObjectMapper()
                        .readTree(lines.get(1))
                        .get("exception")
                        .asText())
                .startsWith("java.lang.IllegalStateException: the \"cause\"\n\tat io.freshet.cli.JsonLogTest.");
    }
}
