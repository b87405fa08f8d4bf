package io.freshet.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaNormalization;
import org.junit.jupiter.api.Test;

/**
 * Would catch a field without documentation, and a schema that no longer reads records of older schemas.
 *
 * <p>From the first tag on, the schemas of each version under {@code compatibility} never change. A version that adds fields gets its
 * own directory.
 */
class AvroContractTest {
    private static final Path NOW = Path.of("src/main/avro");
    private static final Path STORED = Path.of("src/test/resources/compatibility");

    @Test
    void every_record_and_field_is_documented_and_has_a_default() throws IOException {
        for (Schema schema : schemas(NOW).values()) {
            assertThat(schema.getDoc())
                    .as(schema.getFullName())
                    .contains("Version rule: fields are only added, at the end, each with a default");
            for (Schema.Field field : schema.getFields()) {
                String name = schema.getName() + "." + field.name();
                assertThat(field.doc()).as(name).isNotBlank().endsWith(".");
                assertThat(field.hasDefaultValue()).as(name + " has a default").isTrue();
            }
        }
    }

    @Test
    void schema_files_match_the_generated_classes() throws IOException {
        Schema[] classes = {
            io.freshet.wire.Evaluation.getClassSchema(),
            io.freshet.wire.Heartbeat.getClassSchema(),
            io.freshet.wire.JoinReport.getClassSchema(),
            io.freshet.wire.Metrics.getClassSchema(),
            io.freshet.wire.ModelSpec.getClassSchema(),
            io.freshet.wire.ParameterBlock.getClassSchema(),
            io.freshet.wire.Sample.getClassSchema(),
            io.freshet.wire.Snapshot.getClassSchema(),
            io.freshet.wire.TopicFormat.getClassSchema(),
            io.freshet.wire.WarmStartPart.getClassSchema(),
        };
        // The canonical parsing form omits documentation and the Java string type.
        assertThat(schemas(NOW).values().stream().map(SchemaNormalization::toParsingForm))
                .containsExactlyInAnyOrderElementsOf(Stream.of(classes)
                        .map(SchemaNormalization::toParsingForm)
                        .toList());
    }

    @Test
    void every_stored_version_can_read_the_current_one_and_be_read_by_it() throws IOException {
        Map<String, Schema> now = schemas(NOW);
        int compared = 0;
        try (Stream<Path> versions = Files.list(STORED).filter(Files::isDirectory)) {
            for (Path version : versions.sorted().toList()) {
                for (Map.Entry<String, Schema> old : schemas(version).entrySet()) {
                    Schema current = now.get(old.getKey());
                    assertThat(current).as(old.getKey() + " still exists").isNotNull();
                    assertReads(current, old.getValue(), version);
                    assertReads(old.getValue(), current, version);
                    List<String> names = names(old.getValue());
                    assertThat(names(current).subList(0, names.size()))
                            .as("fields are only added at the end")
                            .isEqualTo(names);
                    compared++;
                }
            }
        }
        assertThat(compared).as("stored schemas").isEqualTo(10);
    }

    private static void assertReads(Schema reader, Schema writer, Path version) {
        assertThat(SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
                        .getType())
                .as("%s and its version of %s", reader.getName(), version)
                .isEqualTo(SchemaCompatibilityType.COMPATIBLE);
    }

    private static List<String> names(Schema schema) {
        return schema.getFields().stream().map(Schema.Field::name).toList();
    }

    /** Parses Metrics first, since others refer to it. */
    private static Map<String, Schema> schemas(Path directory) throws IOException {
        Map<String, Schema> schemas = new LinkedHashMap<>();
        Schema.Parser parser = new Schema.Parser();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.sorted((a, b) -> metrics(a) == metrics(b) ? a.compareTo(b) : metrics(a) ? -1 : 1)
                    .toList()) {
                if (file.toString().endsWith(".avsc")) {
                    Schema schema = parser.parse(Files.readString(file));
                    schemas.put(schema.getFullName(), schema);
                }
            }
        }
        assertThat(schemas).as("schemas in " + directory).isNotEmpty();
        return schemas;
    }

    private static boolean metrics(Path file) {
        return file.endsWith("Metrics.avsc");
    }
}
