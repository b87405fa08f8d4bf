package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.PublishSpec.Lane;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.facts.Heartbeat;
import io.freshet.schemas.snapshot.SnapshotReader;
import io.freshet.server.store.VersionLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Would catch requests routed to a server with stale parameters, and a server that is taken out while nothing arrives. */
class ReadinessTest {
    private static final ModelSpec SPEC =
            ModelSpec.parse("{name: m, label: y, features: {numeric: [x]}, loss: mean-squared-error}");
    private static final long LEARNED = Published.WATERMARK + 1;

    private boolean caughtUp = true;
    private @Nullable String brokerProblem;
    private long now = LEARNED + 30_000;
    private final ServerState state = new ServerState(VersionLimits.DEFAULT, () -> Instant.ofEpochMilli(now));

    @AfterEach
    void close() {
        state.close();
    }

    @Test
    void is_ready_with_a_model_once_the_topics_are_read() throws Exception {
        caughtUp = false;
        assertThat(problem(null)).isEqualTo("the topics are not read to their ends yet");
        brokerProblem = "Kafka at b:1: unknown host";
        assertThat(problem(null)).isEqualTo(brokerProblem);
        caughtUp = true;
        assertThat(problem(null)).isEqualTo("no model is served yet");
        publish();
        assertThat(problem(null)).isNull();
    }

    /** Would catch a server in use that gets no requests, because an optional topic appears and is not read yet. */
    @Test
    void stays_ready_when_an_optional_topic_appears() throws Exception {
        publish();
        Readiness readiness = new Readiness(() -> caughtUp, () -> brokerProblem, state, null);
        assertThat(readiness.problem()).isNull();

        caughtUp = false;
        assertThat(readiness.problem()).isNull();
        assertThat(readiness.isCaughtUp()).isTrue();
    }

    @Test
    void is_ready_with_a_joined_model_only_because_others_learn_from_its_answers() {
        state.untrained.apply(SPEC);
        assertThat(problem(null)).isEqualTo("no model is served yet");

        state.untrained.apply(
                ModelSpec.parse(
                        "{name: j, label: y, features: {numeric: [x]}, loss: mean-squared-error, join: {within: 1h, after: 0}}"));
        assertThat(problem(Duration.ofSeconds(30))).isNull();

        state.untrained.delete("j");
        assertThat(problem(null)).isEqualTo("no model is served yet");
    }

    @Test
    void a_model_older_than_the_maximum_makes_it_unready_for_the_stated_reason() throws Exception {
        publish();
        state.signs.add(heartbeat(now, now, 7), now);
        assertThat(problem(Duration.ofSeconds(30))).isNull();

        now += 1_234;
        assertThat(problem(Duration.ofSeconds(30)))
                .isEqualTo("model m: 31.2 s old, not evaluated (expected: at most 30.0 s)");
        assertThat(problem(Duration.ofSeconds(32))).isNull();
        assertThat(problem(null)).isNull();

        now += 3_600_000;
        assertThat(problem(Duration.ofSeconds(30)))
                .isEqualTo("model m: 3631.2 s old, trainer gone since 2026-09-21T14:13:50.001Z"
                        + " (expected: at most 30.0 s)");
    }

    /** Otherwise, no request is answered, so nothing is learned: the server would never be ready again. */
    @Test
    void the_time_that_the_join_waits_for_outcomes_makes_no_model_stale() throws Exception {
        publish(ModelSpec.parse("{name: m, label: y, features: {numeric: [x]}, loss: mean-squared-error,"
                + " join: {within: 1h, after: 10m}}"));
        now += 600_000;
        state.signs.add(heartbeat(now, now, 7), now);
        assertThat(problem(Duration.ofSeconds(30))).isNull();

        now += 1_234;
        assertThat(problem(Duration.ofSeconds(30)))
                .isEqualTo("model m: 31.2 s old, not evaluated (expected: at most 30.0 s)");
    }

    @Test
    void a_model_does_not_become_stale_while_there_is_nothing_to_learn() throws Exception {
        publish();
        now += 3_600_000;
        state.signs.add(heartbeat(now, now - 60_000, 0), now);
        assertThat(problem(Duration.ofSeconds(30))).isNull();
    }

    private static Heartbeat heartbeat(long sentAt, long readAt, long behind) {
        return new Heartbeat(0, sentAt, readAt, List.of(), List.of(), behind, false, -1);
    }

    private void publish() throws MalformedRecordException {
        publish(SPEC);
    }

    private void publish(ModelSpec spec) throws MalformedRecordException {
        SnapshotReader reader = new SnapshotReader();
        for (KeyedBytes record : Published.records(spec, "", 1, 1, 1)) {
            SnapshotReader.Change change = reader.read(record.key(), record.value());
            if (change != null) {
                state.store.apply(change, Lane.EAGER);
            }
        }
    }

    private @Nullable String problem(@Nullable Duration maximum) {
        return new Readiness(() -> caughtUp, () -> brokerProblem, state, maximum).problem();
    }
}
