package io.freshet.benchmarks.bench;

import com.fasterxml.jackson.annotation.JsonValue;
import io.freshet.benchmarks.workload.Workload;

/** A way to read the samples. Runs take turns in this order. */
enum Variant {
    CONSUME("consume", "bare Kafka consumer"),
    DISCARD("discard", "Flink job that discards"),
    LEARN("learn", "Freshet, to published snapshots"),
    VW_TEXT("vw-text", "Vowpal Wabbit, from text"),
    VW_CACHE("vw-cache", "Vowpal Wabbit, from its cache"),
    VW_DEFAULTS("vw-defaults", "Vowpal Wabbit, its own defaults");

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
        return this == VW_TEXT || readsCache();
    }

    /** Returns whether it reads the file that Vowpal Wabbit has written for itself. */
    boolean readsCache() {
        return this == VW_CACHE || this == VW_DEFAULTS;
    }

    /** Returns whether it can run on a workload. */
    boolean applies(Workload workload) {
        return switch (this) {
            case CONSUME, DISCARD, LEARN -> true;
            case VW_TEXT, VW_CACHE -> !workload.vowpalWabbitOptions().isEmpty();
            case VW_DEFAULTS -> !workload.vowpalWabbitDefaults().isEmpty();
        };
    }
}
