package io.freshet.cli.models;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.cli.console.Age;
import io.freshet.schemas.facts.Elapsed;
import io.freshet.schemas.facts.Level;
import io.freshet.schemas.facts.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a server answers requests for one model with.
 *
 * @param version samples learned by it, of all keys together; null if the model is not served
 * @param ageMillis time since it was published; null if unknown
 * @param pinned what is pinned: {@code pinned}, or how many keys; empty if nothing is
 * @param problems why a newer version does not answer
 */
record ServedStatus(@Nullable Long version, @Nullable Long ageMillis, String pinned, List<Problem> problems) {
    static final ServedStatus UNKNOWN = new ServedStatus(null, null, "", List.of());
    static final String[] HEADER = {"SERVED", "SERVED AGE"};

    private static final String NONE = "-";
    private static final String PINNED = "pinned";
    private static final String UNLOADED = "unloaded";

    /**
     * Returns the status of a model.
     *
     * @param index the entries of {@code POST /v2/repository/index}; the versions and rejections of each model, newest first
     * @param now milliseconds since 1970, UTC
     */
    static ServedStatus of(JsonNode index, String model, long now) {
        JsonNode newest = null;
        JsonNode served = null;
        JsonNode refused = null;
        String unreadable = null;
        List<Problem> problems = new ArrayList<>();
        for (JsonNode entry : index) {
            if (!entry.path("name").asText().equals(model)) {
                continue;
            }
            String reason = entry.path("reason").asText();
            if (entry.path("state").asText().equals("READY")) {
                newest = newest == null ? entry : newest;
                served = entry.has("samples_learned") || reason.matches("(live|pinned)(,.*)?") ? entry : served;
            } else if (!entry.has("version") && reason.equals(UNLOADED)) {
                problems.add(new Problem(Level.WARNING, "unloaded: not served until it is loaded again"));
            } else if (refused == null && entry.has("refused_since")) {
                refused = entry;
            } else if (unreadable == null && !entry.has("version")) {
                unreadable = reason;
            }
        }
        if (refused != null) {
            problems.add(new Problem(
                    served == null ? Level.BAD : Level.WARNING,
                    "the server refuses version " + count(refused.path("version")) + ", the first one "
                            + Elapsed.ago(millis(refused, "refused_since"), now) + ": "
                            + refused.path("reason").asText()));
        }
        if (unreadable != null) {
            problems.add(new Problem(Level.QUIET, "the server could not read a snapshot: " + unreadable));
        }
        if (served == null || newest == null) {
            return new ServedStatus(null, null, "", problems);
        }
        String pinned = pinned(served);
        if (pinned.equals(PINNED) && served != newest) {
            problems.add(new Problem(
                    Level.WARNING,
                    "pinned to version " + count(served.path("version")) + ", though newer ones are kept, up to "
                            + count(newest.path("version"))));
        }
        return new ServedStatus(
                served.path(served.has("version") ? "version" : "samples_learned")
                        .asLong(),
                served.has("published_at") ? (Long) Math.max(0, now - millis(served, "published_at")) : null,
                pinned,
                problems);
    }

    /** The reason of a version starts with {@code live} or {@code pinned}; that of a model with keys has the number of these. */
    private static String pinned(JsonNode served) {
        String reason = served.path("reason").asText();
        if (served.has("version")) {
            return reason.startsWith(PINNED) ? PINNED : "";
        }
        String keys = reason.replaceFirst("^\\d+ keys, (\\d+) pinned.*", "$1");
        return keys.equals("0") ? "" : keys + " keys " + PINNED;
    }

    private static long millis(JsonNode entry, String field) {
        return Instant.parse(entry.path(field).asText()).toEpochMilli();
    }

    private static String count(JsonNode version) {
        return String.format(Locale.ROOT, "%,d", version.asLong());
    }

    String[] row() {
        return new String[] {
            version == null
                    ? NONE
                    : String.format(Locale.ROOT, "%,d", version) + (pinned.isEmpty() ? "" : " " + pinned),
            ageMillis == null ? NONE : Age.text(Duration.ofMillis(ageMillis))
        };
    }

    /** Returns the figures by the names of the JSON output. */
    Map<String, @Nullable Object> fields() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("version", version);
        fields.put("ageMillis", ageMillis);
        fields.put("pinned", pinned.isEmpty() ? null : pinned);
        return fields;
    }
}
