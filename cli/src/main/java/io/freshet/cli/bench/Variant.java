package io.freshet.cli.bench;

import com.fasterxml.jackson.annotation.JsonValue;

/** A way to read the samples. Runs take turns in this order. */
enum Variant {
    CONSUME("consume", "bare Kafka consumer"),
    DISCARD("discard", "Flink job that discards"),
    LEARN("learn", "Freshet, to published snapshots"),
    VW_TEXT("vw-text", "Vowpal Wabbit, from text"),
    VW_CACHE("vw-cache", "Vowpal Wabbit, from its cache");

    private final String option;
    private final String description;

    Variant(String option, String description) {
        this.option = option;
        this.description = description;
    }

    /** Returns the name in options and reports. */
    @JsonValue
    String option() {
        return option;
    }

    String description() {
        return description;
    }

    boolean needsVowpalWabbit() {
        return this == VW_TEXT || this == VW_CACHE;
    }
}
