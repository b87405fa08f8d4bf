package io.freshet.cli.history;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.console.CommandException;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.snapshot.HistoryEntry;
import io.freshet.schemas.snapshot.SnapshotCodec;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** Would catch an answer that is compared with parameters that it never had. */
class AnsweringVersionTest {
    private static final ModelSpec SPEC =
            ModelSpec.parse("{name: m, label: y, key: k, features: {numeric: [a]}, loss: mean-squared-error}");
    private static final long ANSWERED = 1_700_000_000_000L;
    private static final long MINUTE = 60_000;

    private final SnapshotCodec codec = new SnapshotCodec();

    @Test
    void of_several_incarnations_the_newest_that_was_published_has_likely_answered() throws CommandException {
        assertThat(found(entry(100, 1, -4), entry(100, 2, -3), entry(200, 9, -1), entry(100, 3, 1)))
                .containsExactly(-3L, -4L, 1L);
    }

    @Test
    void the_clock_of_the_job_may_be_a_minute_ahead() throws CommandException {
        assertThat(found(entry(100, 1, 1), entry(100, 2, 2))).containsExactly(1L);
    }

    @Test
    void a_snapshot_that_was_published_again_is_one_candidate() throws CommandException {
        assertThat(found(entry(100, 1, -3), entry(100, 2, -2), entry(100, 1, -1), entry(100, 2, 1)))
                .containsExactly(-1L, -2L);
    }

    /** Minutes after the answer of each candidate. */
    private static List<Long> found(HistoryEntry... history) throws CommandException {
        String json = "{\"model\":\"m\",\"key\":\"k1\",\"version\":100,\"time\":" + ANSWERED + "}";
        AnsweringVersion version = new AnsweringVersion(
                LoggedAnswer.read(new ConsumerRecord<>("answers", 0, 0, null, json.getBytes(UTF_8))));
        List.of(history).forEach(version::add);
        return version.candidates().stream()
                .map(entry -> (entry.publishedAt() - ANSWERED) / MINUTE)
                .toList();
    }

    /** An entry that was published minutes after the answer. */
    private HistoryEntry entry(long version, float parameter, long minutes) {
        Snapshot snapshot = new Snapshot(
                SPEC,
                "k1",
                version,
                version,
                new float[] {parameter, 0},
                new double[3],
                new Lineage(new int[] {0}, new long[] {0}, new long[] {version}, 5, version, List.of()),
                new long[0],
                (Metrics) null);
        return HistoryEntry.of(codec.publish(snapshot, -1, "samples", ANSWERED + minutes * MINUTE, "test"));
    }
}
