package io.freshet.schemas.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaPropertiesFileTest {
    @TempDir
    private Path directory;

    @Test
    void options_override_the_file() throws Exception {
        Path file =
                Files.writeString(directory.resolve("client.properties"), "security.protocol=SSL\nclient.id=file\n");
        assertThat(KafkaPropertiesFile.merge(file, Map.of("client.id", "option")))
                .containsOnly(Map.entry("security.protocol", "SSL"), Map.entry("client.id", "option"));
    }

    @Test
    void names_a_missing_file() {
        Path missing = directory.resolve("missing.properties");
        assertThatThrownBy(() -> KafkaPropertiesFile.merge(missing, Map.of()))
                .hasMessage(missing + ": no such file (expected: a properties file with settings of Kafka clients)");
    }

    @Test
    void does_not_print_the_contents_of_a_malformed_file() throws Exception {
        Path file = Files.writeString(directory.resolve("client.properties"), "password=s3cret\\u00zz\n");
        assertThatThrownBy(() -> KafkaPropertiesFile.merge(file, Map.of()))
                .hasMessageStartingWith(file + ": cannot be read")
                .hasMessageNotContaining("s3cret");
    }
}
