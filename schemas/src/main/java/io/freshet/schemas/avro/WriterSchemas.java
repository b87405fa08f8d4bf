package io.freshet.schemas.avro;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;

/**
 * Schemas of past versions that have changed since, stored as resources next to this class. {@code WireCompatibilityTest}
 * reads stored bytes of each.
 */
public final class WriterSchemas {
    /** Resources by version; within a version, referenced schemas come first. */
    private static final List<List<String>> VERSIONS = List.of(
            List.of("v1/Metrics.avsc", "v1/Evaluation.avsc", "v1/Snapshot.avsc", "v1/Sample.avsc"),
            List.of("v2/Metrics.avsc", "v2/Evaluation.avsc", "v2/Sample.avsc"),
            List.of("v3/Metrics.avsc", "v3/Evaluation.avsc", "v3/Sample.avsc"),
            List.of("v4/Metrics.avsc", "v4/Evaluation.avsc", "v4/Snapshot.avsc"),
            List.of("v5/Metrics.avsc", "v5/Evaluation.avsc", "v5/Snapshot.avsc"),
            List.of("v6/Metrics.avsc", "v6/Evaluation.avsc", "v6/Heartbeat.avsc"),
            List.of("v7/Metrics.avsc", "v7/Evaluation.avsc"),
            List.of("v9/Metrics.avsc", "v9/JoinReport.avsc"));

    /** By name of the record; parsing them takes milliseconds. */
    private static final Map<String, List<Schema>> PAST = new ConcurrentHashMap<>();

    private WriterSchemas() {}

    /** Returns the past schemas of a record, oldest first. */
    public static List<Schema> of(String name) {
        return PAST.computeIfAbsent(name, WriterSchemas::readAll);
    }

    private static List<Schema> readAll(String name) {
        List<Schema> past = new ArrayList<>();
        for (List<String> version : VERSIONS) {
            Schema.Parser parser = new Schema.Parser();
            for (String resource : version) {
                Schema schema = read(parser, resource);
                if (schema.getName().equals(name)) {
                    past.add(schema);
                }
            }
        }
        return List.copyOf(past);
    }

    private static Schema read(Schema.Parser parser, String resource) {
        try (InputStream in = WriterSchemas.class.getResourceAsStream(resource)) {
            return parser.parse(in);
        } catch (IOException e) {
            throw new UncheckedIOException(resource + ": cannot be read", e);
        }
    }
}
