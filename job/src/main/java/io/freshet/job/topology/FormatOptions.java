package io.freshet.job.topology;

import io.freshet.job.source.RegistryAddress;
import io.freshet.job.source.RegistryClient;
import io.freshet.schemas.sample.RecordFields;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.schemas.snapshot.TopicFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options for the format of the samples topic. */
public final class FormatOptions {
    public static final String FORMAT = "--format";
    public static final String AVRO = "avro";

    private static final List<String> OWN = List.of(
            FORMAT,
            "--writer-schema",
            "--schema-registry",
            "--schema-registry-user",
            "--schema-registry-token",
            "--id-field",
            "--time-field",
            "--model-field");

    @Option(
            names = FORMAT,
            paramLabel = "avro|confluent|json",
            description =
                    "Format of the samples topic. avro: Freshet's samples in single-object encoding; confluent: any Avro"
                            + " records from a serializer with a schema registry; json: JSON objects (default: avro).")
    private String format = AVRO;

    @Option(
            names = "--writer-schema",
            paramLabel = "<file>",
            description = "Avro schema file (.avsc) that samples may be written with; may be repeated.")
    private List<Path> writerSchemas = new ArrayList<>();

    @Option(
            names = "--schema-registry",
            paramLabel = "<url>",
            defaultValue = "${env:FRESHET_SCHEMA_REGISTRY}",
            description = "Schema registry for --format confluent (default: $FRESHET_SCHEMA_REGISTRY).")
    private @Nullable String registry;

    @Option(
            names = "--schema-registry-user",
            paramLabel = "<user:password>",
            defaultValue = "${env:FRESHET_SCHEMA_REGISTRY_USER}",
            description = "Credentials for basic authentication (default: $FRESHET_SCHEMA_REGISTRY_USER).")
    private @Nullable String user;

    @Option(
            names = "--schema-registry-token",
            paramLabel = "<token>",
            defaultValue = "${env:FRESHET_SCHEMA_REGISTRY_TOKEN}",
            description = "Bearer token (default: $FRESHET_SCHEMA_REGISTRY_TOKEN).")
    private @Nullable String token;

    @Option(
            names = "--id-field",
            paramLabel = "<field>",
            description = "Field with the id, in json and confluent records.")
    private @Nullable String id;

    @Option(
            names = "--time-field",
            paramLabel = "<field>",
            description =
                    "Field with the event time, in json and confluent records: milliseconds since 1970 or text like"
                            + " 2030-01-31T12:00:00Z (default: the timestamp of the Kafka record).")
    private @Nullable String time;

    @Option(
            names = "--model-field",
            paramLabel = "<field>",
            description = "Field with the one model that a json or confluent record is for (default: all models).")
    private @Nullable String model;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    /**
     * Returns the format.
     *
     * @param client creates a client of the schema registry, if one is needed
     * @throws ParameterException if the options contradict each other
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

    /** Keeps the options of earlier runs. */
    public interface Memory {
        /**
         * Returns the value of an option; null for none.
         *
         * @param given null if it was not given
         */
        @Nullable String value(String option, @Nullable String given) throws IOException;
    }

    /** Takes options that were not given from a memory. It keeps neither credentials nor schemas. */
    public void complete(Memory memory) throws IOException {
        format = Objects.requireNonNullElse(memory.value(FORMAT, isGiven() ? format : null), AVRO);
        if (format.equals("confluent")) {
            registry = memory.value("--schema-registry", registry);
        }
        id = memory.value("--id-field", id);
        time = memory.value("--time-field", time);
        model = memory.value("--model-field", model);
    }

    /** Returns the first of these options that was given, without defaults from the environment; null if none was. */
    @Nullable String given() {
        return OWN.stream()
                .filter(command.commandLine().getParseResult()::hasMatchedOption)
                .findFirst()
                .orElse(null);
    }

    private boolean isGiven() {
        return command.commandLine().getParseResult().hasMatchedOption(FORMAT);
    }

    /** Returns the format to record for a samples topic, without credentials. */
    public TopicFormat recorded(String topic) {
        List<String> schemas = format.equals("avro") ? avro().writerSchemas() : List.of();
        String url = format.equals("confluent") ? address().toString() : null;
        return new TopicFormat(topic, format, url, RecordFields.of(id, time, model), schemas);
    }

    /**
     * Returns the format of a topic whose format a job may have recorded. Options that were given take precedence.
     *
     * @param known what the job recorded; null if unknown
     * @throws ParameterException if the options contradict each other, or {@code --format} the record
     */
    public RecordFormat format(Function<RegistryAddress, RegistryClient> client, @Nullable TopicFormat known) {
        if (known == null) {
            return format(client);
        }
        if (isGiven() && !format.equals(known.format())) {
            throw wrong("--format: " + format + " (expected: " + known.format() + ", in which the job reads "
                    + known.topic() + ")");
        }
        format = known.format();
        registry = registry == null ? known.registry() : registry;
        id = id == null ? known.fields().id() : id;
        time = time == null ? known.fields().time() : time;
        model = model == null ? known.fields().model() : model;
        RecordFormat result = format(client);
        if (result instanceof RecordFormat.Avro avro) {
            for (String schema : known.writerSchemas()) {
                avro = avro.withWriterSchema(schema);
            }
            return avro;
        }
        return result;
    }

    /** @throws ParameterException if the URL or the credentials are missing or invalid */
    RegistryAddress address() {
        if (registry == null) {
            throw wrong("--schema-registry: missing (expected: a URL)");
        }
        try {
            return RegistryAddress.of(registry, user, token);
        } catch (IllegalArgumentException e) {
            throw wrong("--schema-registry: " + e.getMessage());
        }
    }

    private RecordFormat.Avro avro() {
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
