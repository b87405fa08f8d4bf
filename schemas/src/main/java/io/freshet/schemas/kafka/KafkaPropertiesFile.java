package io.freshet.schemas.kafka;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** A file of Kafka client settings, such as those that Kafka's own tools read with {@code --command-config}. */
public final class KafkaPropertiesFile {
    private KafkaPropertiesFile() {}

    /**
     * Returns the settings of a file, overridden by {@code settings}.
     *
     * @param file null for none
     * @throws IllegalArgumentException naming the file, never its contents, which may be secret
     */
    public static Map<String, String> merge(@Nullable Path file, Map<String, String> settings) {
        if (file == null) {
            return settings;
        }
        Map<String, String> merged = new LinkedHashMap<>();
        Properties properties = read(file);
        properties.stringPropertyNames().forEach(name -> merged.put(name, properties.getProperty(name)));
        merged.putAll(settings);
        return merged;
    }

    private static Properties read(Path file) {
        Properties properties = new Properties();
        try (Reader in = Files.newBufferedReader(file)) {
            properties.load(in);
            return properties;
        } catch (NoSuchFileException e) {
            throw invalid(file, "no such file", e);
        } catch (IOException | IllegalArgumentException e) {
            throw invalid(file, "cannot be read", e);
        }
    }

    private static IllegalArgumentException invalid(Path file, String problem, Exception cause) {
        return new IllegalArgumentException(
                file + ": " + problem + " (expected: a properties file with settings of Kafka clients)", cause);
    }
}
