package io.freshet.cli.history;

import io.freshet.cli.console.OneLine;
import io.freshet.cli.console.Table;
import io.freshet.cli.history.Consequences.Outcome;
import io.freshet.cli.history.Explanation.Result;
import io.freshet.cli.history.LearnedSamples.Emitted;
import io.freshet.learning.yaml.Plural;
import io.freshet.schemas.facts.Elapsed;
import io.freshet.schemas.snapshot.HistoryEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Prints an answer with its cause and its outcome.
 *
 * @param learned the first version that has received each sample, or null
 */
record AnswerReport(
        FirstAnswer asked, Explanation explanation, Consequences consequences, Part<List<@Nullable Long>> learned) {
    private static final int LONGEST_TEXT = 60;

    private LoggedAnswer answer() {
        return asked.answer();
    }

    Map<String, @Nullable Object> json() {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("id", asked.id());
        json.put("answer", answer().log());
        json.put("laterAnswers", asked.later());
        json.put("version", versionJson());
        Cause cause = explanation.cause();
        json.put("identical", cause == null ? null : explanation.result() == Result.IDENTICAL);
        json.put("reason", explanation.reason());
        json.put("prediction", cause == null ? null : cause.prediction());
        json.put("contributions", cause == null ? null : cause.contributions());
        List<Outcome> outcomes = consequences.outcomes().value();
        json.put(
                "outcomes",
                outcomes == null
                        ? null
                        : outcomes.stream().map(this::outcomeJson).toList());
        json.put("unjoined", consequences.unjoined().value());
        json.put("samples", samples(AnswerReport::sampleJson));
        json.put("unread", unread());
        return json;
    }

    /** Returns why parts of the report cannot be read, by their names. */
    Map<String, String> unread() {
        Map<String, String> unread = new LinkedHashMap<>();
        Map<String, Part<?>> parts = new LinkedHashMap<>();
        parts.put("outcomes", consequences.outcomes());
        parts.put("unjoined", consequences.unjoined());
        parts.put("samples", consequences.samples());
        parts.put("receivedByVersion", learned);
        parts.forEach((name, part) -> {
            if (part.reason() != null) {
                unread.put(name, part.reason());
            }
        });
        return unread;
    }

    /** Returns a view of each sample, with the version that received it; null if samples cannot be read. */
    private <T> @Nullable List<T> samples(BiFunction<Emitted, @Nullable Long, T> view) {
        List<Emitted> samples = consequences.samples().value();
        if (samples == null) {
            return null;
        }
        List<T> views = new ArrayList<>();
        for (int i = 0; i < samples.size(); i++) {
            views.add(view.apply(
                    samples.get(i),
                    learned.value() == null ? null : learned.value().get(i)));
        }
        return views;
    }

    private Map<String, @Nullable Object> versionJson() {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("version", answer().version());
        json.put("snapshots", explanation.snapshots());
        HistoryEntry version = explanation.version();
        if (version == null) {
            return json;
        }
        json.put("publishedAt", Instant.ofEpochMilli(version.publishedAt()).toString());
        json.put("specHash", version.specHash());
        json.put("topic", version.topic());
        json.put("offsets", LineageText.offsets(version.lineage()));
        return json;
    }

    private Map<String, @Nullable Object> outcomeJson(Outcome outcome) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("outcomeId", outcome.id());
        json.put("value", outcome.value());
        json.put("time", Instant.ofEpochMilli(outcome.time()).toString());
        json.put("delayMillis", outcome.time() - answer().eventTime());
        json.put("doubled", outcome.doubled());
        return json;
    }

    private static Map<String, @Nullable Object> sampleJson(Emitted sample, @Nullable Long learnedBy) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("partition", sample.partition());
        json.put("offset", sample.offset());
        json.put("stage", sample.stage().name().toLowerCase(Locale.ROOT));
        json.put("label", sample.label());
        json.put("previous", sample.previous());
        json.put("receivedByVersion", learnedBy);
        return json;
    }

    /** @param most contributions to print, of each logit */
    String text(int most) {
        List<String> lines = new ArrayList<>();
        lines.add("asked     " + Instant.ofEpochMilli(answer().eventTime()) + inputs());
        lines.add("answered  " + outputs());
        if (asked.later() > 0) {
            lines.add("later     " + Plural.of(asked.later(), "more answer") + " of this id, which the join ignores");
        }
        lines.add("by        " + versionText());
        lines.add("again     " + again());
        Cause cause = explanation.cause();
        if (cause != null) {
            cause.contributions().forEach(each -> lines.add(contributions(each, most)));
        }
        lines.add("outcome   " + outcomes());
        lines.add("samples   " + samples());
        return String.join(System.lineSeparator(), lines);
    }

    private String inputs() {
        StringBuilder text = new StringBuilder();
        answer().log()
                .path("fields")
                .fields()
                .forEachRemaining(field -> text.append(' ')
                        .append(shortened(field.getKey()))
                        .append('=')
                        .append(shortened(
                                field.getValue().isTextual() ? field.getValue().asText() : field.getValue() + "")));
        return text.toString();
    }

    private String outputs() {
        List<String> texts = new ArrayList<>();
        answer().log()
                .path("outputs")
                .fields()
                .forEachRemaining(
                        output -> texts.add(shortened(output.getKey()) + " " + shortened(output.getValue() + "")));
        return String.join(", ", texts) + (answer().isShadow() ? " (shadow, not returned)" : "");
    }

    /** Clients choose these texts, so they may contain line breaks and sequences that a terminal obeys. */
    private static String shortened(String text) {
        String line = OneLine.of(text);
        return line.length() <= LONGEST_TEXT ? line : line.substring(0, LONGEST_TEXT - 3) + "...";
    }

    private String versionText() {
        String label = answer().text("version_label");
        String age = answer().text("age_millis");
        String parent = answer().parent();
        String model = (parent == null ? "" : shortened(parent) + ", parent of ")
                + answer().model() + (answer().key().isEmpty() ? "" : "/" + shortened(answer().key()))
                + ", version " + answer().version() + (label == null ? "" : " (" + shortened(label) + ")");
        HistoryEntry version = explanation.version();
        if (version == null) {
            return model + (answer().version() == 0 ? ", before anything was learned" : "");
        }
        return model
                + (isCertain() ? "" : ", likely that of " + Instant.ofEpochMilli(version.publishedAt()))
                + ", samples " + LineageText.offsets(version.lineage()) + " of " + version.topic()
                + ", specification " + version.specHash()
                + (age == null ? "" : ", " + shortened(age) + " ms old");
    }

    private boolean isCertain() {
        return explanation.snapshots() < 2 || explanation.result() == Result.IDENTICAL;
    }

    private String again() {
        Cause cause = explanation.cause();
        String several = isCertain() ? "" : ", of " + explanation.snapshots() + " snapshots with this version";
        if (cause == null) {
            return (explanation.result() == Result.UNKNOWN && !isCertain() ? "ambiguous" + several : "not computed")
                    + ", since " + OneLine.of(String.valueOf(explanation.reason()));
        }
        StringBuilder text = new StringBuilder();
        for (float number : cause.prediction()) {
            text.append(text.isEmpty() ? "" : " ").append(number);
        }
        boolean isIdentical = explanation.result() == Result.IDENTICAL;
        return (isIdentical ? "identical: " : "different: ") + shortened(text.toString()) + several;
    }

    private static String contributions(Map<String, Double> contributions, int most) {
        Table table = new Table("          FEATURE", "CONTRIBUTION");
        Iterator<Map.Entry<String, Double>> each = contributions.entrySet().iterator();
        for (int i = 0; i < most && each.hasNext(); i++) {
            Map.Entry<String, Double> contribution = each.next();
            table.add(
                    "          " + shortened(contribution.getKey()),
                    String.format(Locale.ROOT, "%+.4f", contribution.getValue()));
        }
        int rest = Math.max(0, contributions.size() - most);
        return table + (rest == 0 ? "" : System.lineSeparator() + "          and " + rest + " more");
    }

    private String outcomes() {
        List<String> texts = new ArrayList<>();
        List<Outcome> outcomes = consequences.outcomes().value();
        for (Outcome outcome : outcomes == null ? List.<Outcome>of() : outcomes) {
            texts.add((outcome.value() == null ? "shown" : shortened(outcome.value()))
                    + (outcome.id() == null ? "" : " (" + shortened(outcome.id()) + ")") + ", "
                    + delay(outcome.time() - answer().eventTime())
                    + (outcome.doubled() ? ", doubled: does not count" : ""));
        }
        List<String> unjoined = consequences.unjoined().value();
        if (unjoined != null) {
            unjoined.forEach(reason -> texts.add("not joined: " + shortened(reason)));
        }
        if (outcomes == null) {
            texts.add(notRead("", consequences.outcomes()));
        }
        if (unjoined == null) {
            texts.add(notRead("those not joined: ", consequences.unjoined()));
        }
        return texts.isEmpty() ? "none so far" : String.join("; ", texts);
    }

    private static String delay(long millis) {
        if (Math.abs(millis) < 1000) {
            return millis + " ms after the request";
        }
        return Elapsed.text(Duration.ofMillis(Math.abs(millis))) + (millis < 0 ? " before" : " after") + " the request";
    }

    private String samples() {
        List<String> texts = samples(this::sample);
        if (texts == null) {
            return notRead("", consequences.samples());
        }
        if (texts.isEmpty()) {
            return "none so far";
        }
        if (learned.reason() != null) {
            texts.add(notRead("versions that received them: ", learned));
        }
        return String.join(System.lineSeparator() + "          ", texts);
    }

    private static String notRead(String what, Part<?> part) {
        return what + "not read, since " + OneLine.of(String.valueOf(part.reason()));
    }

    private String sample(Emitted sample, @Nullable Long version) {
        String label = "label " + shortened(sample.label());
        String what = switch (sample.stage()) {
            case COMPLETE -> label;
            case OPEN -> label + ", may change";
            case CHANGED -> label + ", was " + shortened(String.valueOf(sample.previous()));
            case CLOSED -> label + ", final";
        };
        return what + ", partition " + sample.partition() + ", offset " + sample.offset()
                + (version != null
                        ? ", received by version " + version
                        : learned.value() == null ? "" : ", in no published version yet");
    }
}
