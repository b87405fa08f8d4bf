package io.freshet.cli.models;

import io.freshet.cli.console.Age;
import io.freshet.cli.console.OneLine;
import io.freshet.cli.console.Styles;
import io.freshet.learning.yaml.Plural;
import io.freshet.schemas.facts.Condition;
import io.freshet.schemas.facts.Problem;
import io.freshet.schemas.facts.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The status of one applied model.
 *
 * @param condition what the job does with the model
 * @param problems what is wrong with it, the worst first
 * @param figures of its newest evaluation
 * @param failure why the job has stopped learning the model; null unless it has
 * @param rejected what the model has rejected lately
 */
public record ModelStatus(
        String model,
        Condition condition,
        List<Problem> problems,
        Figures figures,
        @Nullable String failure,
        Rejected rejected) {
    /**
     * What a model has rejected in the last ten seconds.
     *
     * @param records their number
     * @param reason of the newest; null without any
     */
    record Rejected(long records, @Nullable String reason) {}

    /**
     * The figures of a model. One is null if no evaluation was found, or if the evaluation lacks it.
     *
     * @param keys keys of a keyed model that have learned; null for a model without a key
     * @param samples learned, of all keys together
     * @param evaluatedMillis time since the newest evaluation
     * @param published what readers of snapshots have
     * @param windowLoss mean loss of the newest window
     * @param totalLoss mean loss since the start
     * @param perSecond samples learned per second
     */
    record Figures(
            @Nullable Integer keys,
            @Nullable Long samples,
            @Nullable Long evaluatedMillis,
            Published published,
            @Nullable Double windowLoss,
            @Nullable Double totalLoss,
            double perSecond) {}

    /**
     * The last snapshot of a model that was published when it was evaluated.
     *
     * @param version of it, of all keys together; null if unknown
     * @param ageMillis time since it was published; null if unknown
     */
    record Published(@Nullable Long version, @Nullable Long ageMillis) {}

    static final String[] HEADER = {
        "MODEL", "STATE", "KEYS", "VERSION", "AGE", "LOSS", "SINCE START", "SAMPLES/S", "BEHIND"
    };

    private static final String NONE = "-";

    /** Returns the status with more problems. */
    ModelStatus with(List<Problem> more) {
        List<Problem> all = new ArrayList<>(problems);
        all.addAll(more);
        all.sort(Problem.WORST_FIRST);
        return new ModelStatus(model, condition, all, figures, failure, rejected);
    }

    public State state() {
        return condition.state();
    }

    /** Returns the time of {@link Condition#since}, or null. */
    public @Nullable String since() {
        Long since = condition.since();
        return since == null ? null : Instant.ofEpochMilli(since).toString();
    }

    public String styledState(Styles styles) {
        return styles.of(Problem.worst(state(), problems), state().text());
    }

    /** Returns a line for each problem, such as {@code model m: failed: out of memory}. */
    public List<String> problemLines(Styles styles) {
        return problems.stream()
                .map(problem -> "model " + model + ": " + styles.of(problem.level(), problem.text()))
                .toList();
    }

    /** Returns the problems as in the JSON output. */
    public List<Map<String, String>> problemFields() {
        return problems.stream().map(ModelStatus::fields).toList();
    }

    static Map<String, String> fields(Problem problem) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("level", problem.level().label());
        fields.put("text", problem.text());
        return fields;
    }

    String[] row(Styles styles) {
        return new String[] {
            OneLine.of(model),
            styledState(styles),
            figures.keys == null ? NONE : format("%,d", figures.keys),
            figures.published.version == null ? NONE : format("%,d", figures.published.version),
            figures.published.ageMillis == null ? NONE : Age.text(Duration.ofMillis(figures.published.ageMillis)),
            figures.windowLoss == null ? NONE : format("%.4g", figures.windowLoss),
            figures.totalLoss == null ? NONE : format("%.4g", figures.totalLoss),
            format("%,.0f", figures.perSecond),
            condition.behind() == null ? NONE : format("%,d", condition.behind())
        };
    }

    /** Returns the figures by the names of the JSON output. */
    public Map<String, @Nullable Object> fields() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("model", model);
        fields.put("state", state().text());
        fields.put("since", since());
        fields.put("keys", figures.keys);
        fields.put("version", figures.published.version);
        fields.put("ageMillis", figures.published.ageMillis);
        fields.put("samples", figures.samples);
        fields.put("evaluatedMillis", figures.evaluatedMillis);
        fields.put("windowLoss", figures.windowLoss);
        fields.put("totalLoss", figures.totalLoss);
        fields.put("samplesPerSecond", figures.perSecond);
        fields.put("behind", condition.behind());
        fields.put("failure", failure);
        fields.put("rejected", rejected.records);
        fields.put("rejection", rejected.reason);
        fields.put("level", Problem.worst(state(), problems).label());
        fields.put("problems", problemFields());
        return fields;
    }

    /** Returns the state and the figures in words, such as {@code learning, 12,000 samples, loss 0.61, 3 s ago}. */
    public String summary() {
        List<String> parts = new ArrayList<>();
        parts.add(state() == State.FAILED ? state().text() + ": " + failure : condition.text());
        if (figures.samples != null && figures.evaluatedMillis != null) {
            if (figures.keys != null) {
                parts.add(Plural.of(figures.keys, "key"));
            }
            parts.add(Plural.of(figures.samples, "sample"));
            if (figures.windowLoss != null) {
                parts.add(format("loss %.4g", figures.windowLoss));
            }
            parts.add(Age.text(Duration.ofMillis(figures.evaluatedMillis)) + " ago");
        }
        return String.join(", ", parts);
    }

    private static String format(String format, Object value) {
        return String.format(Locale.ROOT, format, value);
    }
}
