package io.freshet.cli.status;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The status of one applied model. A figure is null if no evaluation was found, or if the evaluation lacks it.
 *
 * @param keys keys of a keyed model that have learned; null for a model without a key
 * @param version samples learned, of all keys together
 * @param ageMillis time since the newest evaluation
 * @param windowLoss mean loss of the newest window
 * @param totalLoss mean loss since the start
 * @param perSecond samples learned per second
 * @param behind records of the samples topic still to be learned
 * @param failure why the job has stopped learning the model; null unless it has
 */
record ModelStatus(
        String model,
        State state,
        @Nullable Integer keys,
        @Nullable Long version,
        @Nullable Long ageMillis,
        @Nullable Double windowLoss,
        @Nullable Double totalLoss,
        double perSecond,
        @Nullable Long behind,
        @Nullable String failure) {
    static final String[] HEADER = {
        "MODEL", "STATE", "KEYS", "VERSION", "AGE", "LOSS", "SINCE START", "SAMPLES/S", "BEHIND"
    };

    private static final String NONE = "-";

    /** What the job does with a model. */
    enum State {
        /** Learns, or has learned within the last minute. */
        LEARNING,
        /** Receives no samples. */
        IDLE,
        /** Predicts and scores samples, but learns none: {@code frozen: true}. */
        FROZEN,
        /** Learns, but publishes no snapshot, since its loss exploded: {@code onDivergence: hold}. */
        HELD,
        /** Is not learned any more, for a reason that must be removed. */
        FAILED;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    String[] row() {
        return new String[] {
            model,
            state.text(),
            keys == null ? NONE : format("%,d", keys),
            version == null ? NONE : format("%,d", version),
            ageMillis == null ? NONE : age(Duration.ofMillis(ageMillis)),
            windowLoss == null ? NONE : format("%.4g", windowLoss),
            totalLoss == null ? NONE : format("%.4g", totalLoss),
            format("%,.0f", perSecond),
            behind == null ? NONE : format("%,d", behind)
        };
    }

    Map<String, @Nullable Object> fields() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("model", model);
        fields.put("state", state.text());
        fields.put("keys", keys);
        fields.put("version", version);
        fields.put("ageMillis", ageMillis);
        fields.put("windowLoss", windowLoss);
        fields.put("totalLoss", totalLoss);
        fields.put("samplesPerSecond", perSecond);
        fields.put("behind", behind);
        fields.put("failure", failure);
        return fields;
    }

    /** Returns the two largest units, such as {@code 3 min 20 s}. */
    static String age(Duration age) {
        if (age.toMinutes() == 0) {
            return age.toSeconds() + " s";
        }
        if (age.toHours() == 0) {
            return age.toMinutes() + " min " + age.toSecondsPart() + " s";
        }
        return age.toHours() + " h " + age.toMinutesPart() + " min";
    }

    private static String format(String format, Object value) {
        return String.format(Locale.ROOT, format, value);
    }
}
