package io.freshet.job.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.schemas.facts.Heartbeat;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Would catch a job that looks alive while a task hangs or restarts, and one that looks idle with a backlog. */
class HeartbeatsTest {
    private final List<Heartbeat> sent = new ArrayList<>();
    private long now = 1_000;
    private long[] ends = {0, 0};
    private boolean sinkFails;
    private final Heartbeats heartbeats = new Heartbeats(
            new Heartbeats.Connections(() -> ends.clone(), this::send),
            () -> now,
            getClass().getClassLoader());

    private void send(Heartbeat heartbeat) {
        if (sinkFails) {
            throw new IllegalStateException("no broker");
        }
        sent.add(heartbeat);
    }

    @BeforeEach
    void expectTwoSubtasks() {
        heartbeats.expect(2);
    }

    @AfterEach
    void close() {
        heartbeats.close();
    }

    @Test
    void a_heartbeat_has_the_newest_offsets_of_all_subtasks() {
        ends = new long[] {100, 80};
        heartbeats.report(0, new long[] {40}, 7);
        heartbeats.report(1, new long[] {0, 80}, 7);
        seconds(1);
        assertThat(sent)
                .as("the first is sent at once")
                .containsExactly(
                        new Heartbeat(1_000, 2_000, 2_000, List.of(40L, 80L), List.of(100L, 80L), 60L, true, 7));
    }

    /** Would catch a model that is reported as known while a subtask still rejects its samples. */
    @Test
    void changes_of_specifications_are_in_effect_once_they_are_in_all_subtasks() {
        heartbeats.report(0, new long[] {1}, 12);
        heartbeats.report(1, new long[] {1}, 9);
        seconds(1);
        heartbeats.report(0, new long[] {1}, 12);
        heartbeats.report(1, new long[] {1}, 12);
        seconds(2);
        assertThat(sent).extracting(Heartbeat::models).containsExactly(9L, 12L);
    }

    @Test
    void heartbeats_continue_without_records_and_keep_the_time_of_the_last() {
        ends = new long[] {10};
        heartbeats.report(0, new long[] {10}, 7);
        for (int i = 0; i < 3; i++) {
            heartbeats.report(0, new long[] {10}, 7);
            heartbeats.report(1, new long[0], 7);
            seconds(2);
        }
        assertThat(sent).hasSize(3).allSatisfy(beat -> {
            assertThat(beat.readAt()).isEqualTo(2_000);
            assertThat(beat.behind()).isZero();
            assertThat(beat.catchingUp()).isFalse();
        });
    }

    @Test
    void none_is_sent_while_a_subtask_is_silent_or_stopped() {
        heartbeats.report(0, new long[] {1}, 7);
        seconds(4);
        assertThat(sent).as("one has never reported").isEmpty();

        heartbeats.report(1, new long[0], 7);
        seconds(4);
        assertThat(sent).as("both have reported, once").hasSize(1);

        heartbeats.report(0, new long[] {2}, 7);
        heartbeats.report(1, new long[0], 7);
        heartbeats.stopped(0);
        seconds(4);
        assertThat(sent).as("one has stopped").hasSize(1);

        heartbeats.report(0, new long[0], 7);
        seconds(2);
        assertThat(sent).as("it has restarted").hasSize(2);
        assertThat(sent.get(1).read()).as("and has to read again").isEmpty();
    }

    @Test
    void offsets_that_nobody_can_read_are_no_backlog_once_nothing_arrives_any_more() {
        ends = new long[] {11};
        beat(new long[] {10});
        assertThat(last().behind()).as("a record, or the mark of a transaction").isEqualTo(1);
        for (int i = 0; i < 5; i++) {
            beat(new long[] {10});
        }
        assertThat(last().behind()).isZero();

        for (int i = 0; i < 10; i++) {
            ends = new long[] {12 + i};
            beat(new long[] {10});
        }
        assertThat(last().behind()).as("records arrive, but are not read").isEqualTo(11);
        assertThat(last().catchingUp()).isTrue();
    }

    @Test
    void a_failure_of_the_brokers_ends_no_heartbeats() {
        sinkFails = true;
        beat(new long[] {1});
        sinkFails = false;
        beat(new long[] {1});
        assertThat(sent).hasSize(1);
    }

    private Heartbeat last() {
        return sent.get(sent.size() - 1);
    }

    private void beat(long[] read) {
        heartbeats.report(0, read, 7);
        heartbeats.report(1, new long[0], 7);
        seconds(2);
    }

    private void seconds(int count) {
        for (int i = 0; i < count; i++) {
            now += 1_000;
            heartbeats.tick();
        }
    }
}
