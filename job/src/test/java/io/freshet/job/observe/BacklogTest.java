package io.freshet.job.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.schemas.facts.Evaluation.Progress;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Would catch a model that is reported live with a backlog, and one that is never reported live. */
class BacklogTest {
    private static final long NEVER = Long.MIN_VALUE;
    private static final int SPAN = 11;

    /** End offsets of an in-memory topic. */
    private long[] ends = {0, 0};

    private final Backlog backlog = Backlog.ofSubtask(() -> ends.clone());

    @Test
    void catches_up_until_it_reaches_the_end_of_the_topic() {
        ends = new long[] {1000, 500};
        backlog.poll();
        backlog.learned(0, 99);
        backlog.learned(1, 299);
        assertThat(backlog.progress(7)).isEqualTo(new Progress(7L, 1100L, true));

        ends = new long[] {1010, 505};
        backlog.poll();
        backlog.learned(0, 999);
        assertThat(backlog.progress(8)).isEqualTo(new Progress(8L, 10L + 205, true));
        backlog.learned(1, 489);
        assertThat(backlog.progress(9)).isEqualTo(new Progress(9L, 10L + 15, true));
        backlog.learned(1, 499);
        assertThat(backlog.progress(9)).as("no more than was added").isEqualTo(new Progress(9L, 15L, false));
    }

    @Test
    void only_records_older_than_ten_seconds_are_a_backlog() {
        for (int second = 0; second < 100; second++) {
            ends = new long[] {1000 * second, 0};
            backlog.poll();
            backlog.learned(0, Math.max(0, ends[0] - 500));
        }
        assertThat(backlog.progress(NEVER)).isEqualTo(new Progress(null, 499L, false));

        // From here on, half of the new records are learned.
        long learned = ends[0];
        for (int second = 0; second < 100; second++) {
            ends = new long[] {ends[0] + 1000, 0};
            backlog.poll();
            learned += 500;
            backlog.learned(0, learned);
            long behind = ends[0] - learned - 1;
            assertThat(backlog.progress(NEVER)).isEqualTo(new Progress(null, behind, behind > 10_000));
        }
    }

    @Test
    void a_partition_silent_for_ten_seconds_does_not_count_until_it_delivers_a_sample() {
        ends = new long[] {100, 100};
        backlog.poll();
        backlog.learned(0, 99);
        backlog.learned(1, 49);
        assertThat(backlog.progress(NEVER)).isEqualTo(new Progress(null, 50L, true));
        for (int second = 1; second < 2 * SPAN; second++) {
            ends = new long[] {100 + second, 100};
            backlog.learned(0, 99 + second);
            backlog.poll();
        }
        assertThat(backlog.progress(NEVER)).isEqualTo(new Progress(null, 0L, false));
        backlog.learned(1, 59);
        assertThat(backlog.progress(NEVER)).isEqualTo(new Progress(null, 40L, true));
    }

    @Test
    void a_partition_without_a_learned_sample_is_a_backlog_for_ten_seconds() {
        ends = new long[] {100, 50};
        backlog.poll();
        backlog.learned(0, 99);
        for (int second = 1; second < SPAN; second++) {
            assertThat(backlog.progress(NEVER)).isEqualTo(new Progress(null, 0L, true));
            backlog.poll();
        }
        backlog.learned(0, 100);
        assertThat(backlog.progress(NEVER))
                .as("it has no samples for this subtask")
                .isEqualTo(new Progress(null, 0L, false));
        backlog.learned(1, 9);
        assertThat(backlog.progress(NEVER)).isEqualTo(new Progress(null, 40L, true));
    }

    @Test
    void an_empty_partition_does_not_count_and_an_added_one_does() {
        ends = new long[] {100, 0};
        backlog.poll();
        backlog.learned(0, 99);
        assertThat(backlog.progress(NEVER)).isEqualTo(new Progress(null, 0L, false));
        ends = new long[] {100, 0, 1000};
        backlog.poll();
        backlog.learned(2, 0);
        assertThat(backlog.progress(NEVER).behind()).isEqualTo(999);
    }

    @Test
    void buffered_samples_learned_late_do_not_increase_the_backlog() {
        ends = new long[] {100};
        backlog.poll();
        backlog.learned(0, 89);
        backlog.learned(0, 20);
        assertThat(backlog.progress(NEVER).behind()).isEqualTo(10);
    }

    @Test
    void the_backlog_is_unknown_while_polls_fail_and_known_afterwards() {
        EndOffsets works = () -> ends.clone();
        List<EndOffsets> failures = List.of(
                () -> {
                    throw new IllegalStateException("no broker");
                },
                () -> {
                    throw new NoClassDefFoundError("gone");
                });
        AtomicReference<EndOffsets> now = new AtomicReference<>(works);
        Backlog flaky = Backlog.ofSubtask(() -> now.get().read());
        ends = new long[] {1000};
        flaky.tryPoll();
        flaky.learned(0, 899);
        for (EndOffsets failure : failures) {
            now.set(failure);
            flaky.tryPoll();
            assertThat(flaky.progress(7)).isEqualTo(new Progress(7L, null, false));
            now.set(works);
            flaky.tryPoll();
            assertThat(flaky.progress(7)).isEqualTo(new Progress(7L, 100L, true));
        }
    }

    @Test
    void the_backlog_is_unknown_before_the_first_poll_and_without_end_offsets() throws Exception {
        backlog.learned(0, 5);
        assertThat(backlog.progress(5)).isEqualTo(new Progress(5L, null, false));
        try (Backlog none = Backlog.ofSubtask(null)) {
            none.open();
            none.learned(0, 5);
            none.poll();
            assertThat(none.progress(NEVER)).isEqualTo(Progress.UNKNOWN);
        }
    }

    @Test
    void open_waits_for_the_first_poll_and_close_stops_polling() throws Exception {
        AtomicInteger closed = new AtomicInteger();
        Backlog open = Backlog.ofSubtask(new EndOffsets() {
            private static final long serialVersionUID = 1;

            @Override
            public long[] read() {
                return new long[] {10};
            }

            @Override
            public void close() {
                closed.incrementAndGet();
            }
        });
        open.open();
        open.learned(0, 1);
        assertThat(open.progress(NEVER)).isEqualTo(new Progress(null, 8L, true));
        open.close();
        assertThat(closed).hasValue(1);
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals("freshet-backlog")) {
                // The pool reports termination slightly before its thread ends.
                thread.join(10_000);
                assertThat(thread.isAlive()).isFalse();
            }
        }
    }
}
