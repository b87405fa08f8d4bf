package io.freshet.job.options;

import io.freshet.job.registry.RegistryAddress;
import io.freshet.job.registry.RegistryClient;
import io.freshet.schemas.field.RecordFields;
import io.freshet.schemas.format.RecordFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say how the records of the samples topic are written down. */
public final class FormatOptions {
    @Option(
            names = "--format",
            paramLabel = "avro|confluent|json",
            description =
                    "Records of the samples topic: our samples in Avro's single-object encoding, any Avro records in"
                            + " the Confluent wire format, or JSON objects.")
    private String format = "avro";

    @Option(names = "--writer-schema", description = "Avro schema (.avsc) that samples may have been written with.")
    private List<Path> writerSchemas = new ArrayList<>();

    @Option(
            names = "--schema-registry",
            paramLabel = "URL",
            defaultValue = "${env:FRESHET_SCHEMA_REGISTRY}",
            showDefaultValue = Visibility.NEVER,
            description = "Registry of the schemas of confluent records (default: $FRESHET_SCHEMA_REGISTRY).")
    private @Nullable String registry;

    @Option(
            names = "--schema-registry-user",
            paramLabel = "USER:PASSWORD",
            defaultValue = "${env:FRESHET_SCHEMA_REGISTRY_USER}",
            showDefaultValue = Visibility.NEVER,
            description = "For basic authentication (default: $FRESHET_SCHEMA_REGISTRY_USER).")
    private @Nullable String user;

    @Option(
            names = "--schema-registry-token",
            paramLabel = "TOKEN",
            defaultValue = "${env:FRESHET_SCHEMA_REGISTRY_TOKEN}",
            showDefaultValue = Visibility.NEVER,
            description = "Bearer token (default: $FRESHET_SCHEMA_REGISTRY_TOKEN).")
    private @Nullable String token;

    @Option(names = "--id-field", paramLabel = "NAME", description = "Field of json and confluent records: their id.")
    private @Nullable String id;

    @Option(
            names = "--time-field",
            paramLabel = "NAME",
            description = "Field of json and confluent records: when it happened, in milliseconds since 1970 or as"
                    + " 2030-01-31T12:00:00Z (default: the time stamp of the Kafka record).")
    private @Nullable String time;

    @Option(
            names = "--model-field",
            paramLabel = "NAME",
            description = "Field of json and confluent records: the one model that they are for (default: all).")
    private @Nullable String model;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    /**
     * @param client makes the client of the schema registry, if one is needed
     * @throws ParameterException if the options do not go together
     */
    public RecordFormat format(Function<RegistryAddress, RegistryClient> client) {
        RecordFields fields = RecordFields.of(id, time, model);
        if (format.equals("avro") && !fields.equals(RecordFields.NONE)) {
            throw wrong("--id-field, --time-field, --model-field: given (expected: with --format json or confluent)");
        }
        if (!format.equals("avro") && !writerSchemas.isEmpty()) {
            throw wrong("--writer-schema: given (expected: with --format avro)");
        }
        return switch (format) {
            case "avro" -> avro();
            case "confluent" -> new RecordFormat.Confluent(fields, client.apply(address()));
            case "json" -> new RecordFormat.Json(fields);
            default -> throw wrong("--format: " + format + " (expected: avro, confluent or json)");
        };
    }

    private RegistryAddress address() {
        if (registry == null) {
            throw wrong("--schema-registry: missing (expected: a URL)");
        }
        try {
            return RegistryAddress.of(registry, user, token);
        } catch (IllegalArgumentException e) {
            throw wrong("--schema-registry: " + e.getMessage());
        }
    }

    private RecordFormat avro() {
        RecordFormat.Avro avro = RecordFormat.avro();
        for (Path file : writerSchemas) {
            try {
                avro = avro.withWriterSchema(Files.readString(file));
            } catch (IOException | IllegalArgumentException e) {
                throw wrong("--writer-schema: " + file + " (expected: a file with an Avro schema)");
            }
        }
        return avro;
    }

    private ParameterException wrong(String message) {
        return new ParameterException(command.commandLine(), message);
    }
}
