package io.freshet.cli.models;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.schemas.facts.Level;
import io.freshet.schemas.facts.Problem;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Would catch a status that shows a version that nobody gets. */
class ServedStatusTest {
    private static final long NOW = 60_000;

    @Test
    void the_live_version_is_served_since_it_was_published() throws IOException {
        ServedStatus status = of("""
                {"name": "n", "version": "9", "state": "READY", "reason": "live", "published_at": "1970-01-01T00:00:01Z"},
                {"name": "m", "version": "2000", "state": "READY", "reason": "live, canary", "published_at": "1970-01-01T00:00:40Z"},
                {"name": "m", "version": "1000", "state": "READY", "reason": "kept", "published_at": "1970-01-01T00:00:10Z"}
                """);
        assertThat(status.row()).containsExactly("2,000", "20 s");
        assertThat(status.fields()).containsEntry("version", 2_000L).containsEntry("ageMillis", 20_000L);
        assertThat(status.problems()).isEmpty();
    }

    @Test
    void a_pin_is_a_problem_only_if_newer_versions_are_kept() throws IOException {
        String older = ready("1000", "pinned, canary");
        assertThat(of(older).row()).containsExactly("1,000 pinned", "20 s");
        assertThat(of(older).problems()).isEmpty();
        assertThat(of(ready("2000", "kept") + "," + older).problems())
                .containsExactly(
                        new Problem(Level.WARNING, "pinned to version 1,000, though newer ones are kept, up to 2,000"));
    }

    @Test
    void keys_are_served_together() throws IOException {
        String entry = """
                {"name": "m", "state": "READY", "reason": "3 keys, %s pinned, 1 canary", "samples_learned": "4000",
                 "published_at": "1970-01-01T00:00:50Z"}
                """;
        assertThat(of(entry.formatted(0)).row()).containsExactly("4,000", "10 s");
        assertThat(of(entry.formatted(2)).row()).containsExactly("4,000 2 keys pinned", "10 s");
    }

    @Test
    void a_model_that_is_not_served_says_why() throws IOException {
        assertThat(of(unavailable(", \"reason\": \"unloaded\"")).problems())
                .containsExactly(new Problem(Level.WARNING, "unloaded: not served until it is loaded again"));
        String refused = unavailable(
                ", \"version\": \"3000\", \"reason\": \"loss: 0.8\", \"refused_since\": \"1970-01-01T00:00:30Z\"");
        ServedStatus none = of(refused);
        assertThat(none.row()).containsExactly("-", "-");
        assertThat(none.problems())
                .containsExactly(
                        new Problem(Level.BAD, "the server refuses version 3,000, the first one 30 s ago: loss: 0.8"));
        assertThat(of(ready("2000", "live") + "," + refused).problems())
                .extracting(Problem::level)
                .containsExactly(Level.WARNING);
    }

    /** The index keeps the reasons of the last ten. */
    @Test
    void a_rejected_snapshot_is_no_problem_once_a_later_one_is_served() throws IOException {
        assertThat(of(ready("2000", "live") + "," + unavailable(", \"version\": \"1500\", \"reason\": \"loss: 0.8\""))
                        .problems())
                .isEmpty();
        String unreadable = unavailable(", \"reason\": \"checksum\"");
        assertThat(of(ready("2000", "live") + "," + unreadable + "," + unreadable)
                        .problems())
                .containsExactly(new Problem(Level.QUIET, "the server could not read a snapshot: checksum"));
    }

    private static String ready(String version, String reason) {
        return "{\"name\": \"m\", \"version\": \"" + version + "\", \"state\": \"READY\", \"reason\": \"" + reason
                + "\", \"published_at\": \"1970-01-01T00:00:40Z\"}";
    }

    private static String unavailable(String fields) {
        return "{\"name\": \"m\", \"state\": \"UNAVAILABLE\"" + fields + "}";
    }

    private static ServedStatus of(String entries) throws IOException {
        return ServedStatus.of(new ObjectMapper().readTree("[" + entries + "]"), "m", NOW);
    }
}
