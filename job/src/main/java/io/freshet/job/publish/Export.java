package io.freshet.job.publish;

import io.freshet.job.record.OutputRecord;
import io.freshet.job.record.RecordHeaders;
import io.freshet.job.source.RegistryClient;
import io.freshet.schemas.avro.ExportFormat;
import io.freshet.schemas.avro.ExportedType;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The format of the copies, with everything needed to write it. */
public sealed interface Export extends Serializable {
    ExportFormat format();

    /**
     * Starts converting records.
     *
     * @param topic of the copies
     */
    Converter converter(ExportedType type, String topic);

    /** Converts the records of one topic. */
    interface Converter extends AutoCloseable {
        /** Returns the copy of a record; null while no copy can be written. */
        @Nullable OutputRecord convert(OutputRecord record);

        @Override
        default void close() {}
    }

    /** Copies in JSON. */
    record Json() implements Export {
        @Override
        public ExportFormat format() {
            return ExportFormat.JSON;
        }

        @Override
        public Converter converter(ExportedType type, String topic) {
            RecordHeaders headers = RecordHeaders.of(Map.of("content-type", utf8(format().contentType())));
            return record -> record.exported(record.value() == null ? null : type.json(record.value()), headers);
        }
    }

    /**
     * Copies in Confluent's wire format.
     *
     * @param registry where the schemas are registered
     */
    record Confluent(RegistryClient registry) implements Export {
        @Override
        public ExportFormat format() {
            return ExportFormat.CONFLUENT;
        }

        @Override
        public Converter converter(ExportedType type, String topic) {
            return new ConfluentConverter(SchemaRegistration.start(registry, topic + "-value", type.schema()));
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
