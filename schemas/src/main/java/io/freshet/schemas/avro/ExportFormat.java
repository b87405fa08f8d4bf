package io.freshet.schemas.avro;

import java.util.Arrays;
import java.util.Locale;

/** A format of the copies that other systems read. The copies have topics of their own. */
public enum ExportFormat {
    /** JSON objects with the names of the Avro schema. */
    JSON("application/json"),

    /** Avro in Confluent's wire format, with the schema in a registry. */
    CONFLUENT("application/avro");

    private final String contentType;

    ExportFormat(String contentType) {
        this.contentType = contentType;
    }

    /** @throws IllegalArgumentException if no format has this name */
    public static ExportFormat of(String name) {
        return Arrays.stream(values())
                .filter(format -> format.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(name + " (expected: json or confluent)"));
    }

    /** Returns the topic of the copies of a topic. */
    public String topic(String original) {
        return original + "-" + this;
    }

    /** Returns the value of the {@code content-type} header. */
    public String contentType() {
        return contentType;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
