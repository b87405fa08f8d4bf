package io.freshet.cli.status;

import io.freshet.cli.console.Age;
import io.freshet.cli.console.Styles;
import io.freshet.learning.yaml.Plural;
import io.freshet.schemas.freshness.Condition;
import io.freshet.schemas.freshness.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The status of one applied model. A figure is null if no evaluation was found, or if the evaluation lacks it.
 *
 * @param condition what the job does with the model
 * @param keys keys of a keyed model that have learned; null for a model without a key
 * @param version samples learned, of all keys together
 * @param ageMillis time since the newest evaluation
 * @param windowLoss mean loss of the newest window
 * @param totalLoss mean loss since the start
 * @param perSecond samples learned per second
 * @param failure why the job has stopped learning the model; null unless it has
 */
public record ModelStatus(
        String model,
        Condition condition,
        @Nullable Integer keys,
        @Nullable Long version,
        @Nullable Long ageMillis,
        @Nullable Double windowLoss,
        @Nullable Double totalLoss,
        double perSecond,
        @Nullable String failure) {
    static final String[] HEADER = {
        "MODEL", "STATE", "KEYS", "VERSION", "AGE", "LOSS", "SINCE START", "SAMPLES/S", "BEHIND"
    };

    private static final String NONE = "-";

    public State state() {
        return condition.state();
    }

    /** Returns the time of {@link Condition#since}, or null. */
    public @Nullable String since() {
        Long since = condition.since();
        return since == null ? null : Instant.ofEpochMilli(since).toString();
    }

    public String styledState(Styles styles) {
        String text = state().text();
        return switch (state()) {
            case LEARNING -> styles.good(text);
            case IDLE, FROZEN, FINISHED -> text;
            case CATCHING_UP, HELD -> styles.warning(text);
            case FAILED, TRAINER_GONE, BROKER_GONE -> styles.bad(text);
        };
    }

    /** Returns why the model is not learned and since when, or null if that needs no line of its own. */
    public @Nullable String problem(long now, Styles styles) {
        if (state() == State.FAILED) {
            return styles.bad(state().text()) + ": " + failure;
        }
        Long since = condition.since();
        return state() == State.TRAINER_GONE
                ? styles.bad(state().text()) + ": "
                        + (since == null ? "no sign within a day" : "last seen " + Age.since(since, now))
                : null;
    }

    String[] row(Styles styles) {
        return new String[] {
            model,
            styledState(styles),
            keys == null ? NONE : format("%,d", keys),
            version == null ? NONE : format("%,d", version),
            ageMillis == null ? NONE : Age.text(Duration.ofMillis(ageMillis)),
            windowLoss == null ? NONE : format("%.4g", windowLoss),
            totalLoss == null ? NONE : format("%.4g", totalLoss),
            format("%,.0f", perSecond),
            condition.behind() == null ? NONE : format("%,d", condition.behind())
        };
    }

    /** Returns the figures by the names of the JSON output. */
    public Map<String, @Nullable Object> fields() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("model", model);
        fields.put("state", state().text());
        fields.put("since", since());
        fields.put("keys", keys);
        fields.put("version", version);
        fields.put("ageMillis", ageMillis);
        fields.put("windowLoss", windowLoss);
        fields.put("totalLoss", totalLoss);
        fields.put("samplesPerSecond", perSecond);
        fields.put("behind", condition.behind());
        fields.put("failure", failure);
        return fields;
    }

    /** Returns the state and the figures in words, such as {@code learning, 12,000 samples, loss 0.61, 3 s ago}. */
    public String summary() {
        List<String> parts = new ArrayList<>();
        parts.add(state() == State.FAILED ? state().text() + ": " + failure : condition.text());
        if (version != null && ageMillis != null) {
            if (keys != null) {
                parts.add(Plural.of(keys, "key"));
            }
            parts.add(Plural.of(version, "sample"));
            if (windowLoss != null) {
                parts.add(format("loss %.4g", windowLoss));
            }
            parts.add(Age.text(Duration.ofMillis(ageMillis)) + " ago");
        }
        return String.join(", ", parts);
    }

    private static String format(String format, Object value) {
        return String.format(Locale.ROOT, format, value);
    }
}
