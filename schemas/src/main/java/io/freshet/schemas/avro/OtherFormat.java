package io.freshet.schemas.avro;

/** Recognizes the format of a record that cannot be read in the expected one, for messages. */
public enum OtherFormat {
    AVRO("Avro in single-object encoding", "avro"),
    CONFLUENT("Avro in the Confluent wire format", "confluent"),
    JSON("JSON", "json"),
    UNKNOWN("", "");

    private static final int CONFLUENT_HEADER = 5;

    private final String description;
    private final String option;

    OtherFormat(String description, String option) {
        this.description = description;
        this.option = option;
    }

    /** Returns the format that a value starts like. */
    public static OtherFormat of(byte[] value) {
        if (SingleObject.isFramed(value)) {
            return AVRO;
        }
        if (value.length >= CONFLUENT_HEADER && value[0] == 0) {
            return CONFLUENT;
        }
        int start = 0;
        while (start < value.length && isBlank(value[start])) {
            start++;
        }
        return start < value.length && (value[start] == '{' || value[start] == '[') ? JSON : UNKNOWN;
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t' || b == '\n' || b == '\r';
    }

    /** Returns the end of a message that a record is in this format, and how to read it; "" if it is unknown. */
    public String hint() {
        return this == UNKNOWN ? "" : "; this looks like " + description + ": start the job with --format " + option;
    }
}
