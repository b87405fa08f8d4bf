package io.freshet.schemas.snapshot;

import io.freshet.schemas.sample.RecordFields;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The format of the records on a samples topic, as a job reads them. Contains no credentials.
 *
 * @param topic name of the samples topic
 * @param format avro, confluent, or json
 * @param registry URL of the schema registry, or null
 * @param fields of json and confluent records
 * @param writerSchemas further Avro schemas of avro records, as JSON
 */
public record TopicFormat(
        String topic, String format, @Nullable String registry, RecordFields fields, List<String> writerSchemas) {
    /** Returns Freshet's own format, without further schemas. */
    public static TopicFormat avro(String topic) {
        return new TopicFormat(topic, "avro", null, RecordFields.NONE, List.of());
    }
}
