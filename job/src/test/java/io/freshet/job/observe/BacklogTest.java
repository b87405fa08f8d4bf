package io.freshet.job.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.schemas.evaluation.Evaluation.Progress;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Would catch a model that is called live with a backlog left, and one that is never called live. */
class BacklogTest {
    private static final long NEVER = Long.MIN_VALUE;
    private static final int SPAN = 11;

    /** Where the partitions of a topic in memory end. */
    private long[] ends = {0, 0};

    private final Backlog backlog = new Backlog(() -> ends.clone());

    @Test
    void it_catches_up_until_it_has_passed_where_the_topic_ended_and_is_live_then() {
        ends = new long[] {1000, 500};
        backlog.look();
        backlog.learned(0, 99);
        backlog.learned(1, 299);
        assertThat(backlog.progress(7)).isEqualTo(new Progress(7L, 1100L, true));

        ends = new long[] {1010, 505};
        backlog.look();
        backlog.learned(0, 999);
        assertThat(backlog.progress(8)).isEqualTo(new Progress(8L, 10L + 205, true));
        backlog.learned(1, 489);
        assertThat(backlog.progress(9)).isEqualTo(new Progress(9L, 10L + 15, true));
        backlog.learned(1, 499);
        assertThat(backlog.progress(9)).as("as much as came in").isEqualTo(new Progress(9L, 15L, false));
    }

    @Test
    void what_came_within_ten_seconds_is_the_stream_and_what_came_before_is_a_backlog() {
        for (int second = 0; second < 100; second++) {
            ends = new long[] {1000 * second, 0};
            backlog.look();
            backlog.learned(0, Math.max(0, ends[0] - 500));
        }
        assertThat(backlog.progress(NEVER)).isEqualTo(new Progress(null, 499L, false));

        // From here on it learns half of what comes.
        long learned = ends[0];
        for (int second = 0; second < 100; second++) {
            ends = new long[] {ends[0] + 1000, 0};
            backlog.look();
            learned += 500;
            backlog.learned(0, learned);
            long behind = ends[0] - learned - 1;
            assertThat(backlog.progress(NEVER)).isEqualTo(new Progress(null, behind, behind > 10_000));
        }
    }

    @Test
    void a_partition_that_has_brought_nothing_for_ten_seconds_is_left_out_until_it_brings_something() {
        ends = new long[] {100, 100};
        backlog.look();
        backlog.learned(0, 99);
        backlog.learned(1, 49);
        assertThat(backlog.progress(NEVER)).isEqualTo(new Progress(null, 50L, true));
        for (int second = 1; second < 2 * SPAN; second++) {
            ends = new long[] {100 + second, 100};
            backlog.learned(0, 99 + second);
            backlog.look();
        }
        assertThat(backlog.progress(NEVER)).isEqualTo(new Progress(null, 0L, false));
        backlog.learned(1, 59);
        assertThat(backlog.progress(NEVER)).isEqualTo(new Progress(null, 40L, true));
    }

    @Test
    void a_partition_whose_first_sample_is_still_to_come_is_a_backlog_for_ten_seconds() {
        ends = new long[] {100, 50};
        backlog.look();
        backlog.learned(0, 99);
        for (int second = 1; second < SPAN; second++) {
            assertThat(backlog.progress(NEVER)).isEqualTo(new Progress(null, 0L, true));
            backlog.look();
        }
        backlog.learned(0, 100);
        assertThat(backlog.progress(NEVER)).as("it has none for this task").isEqualTo(new Progress(null, 0L, false));
        backlog.learned(1, 9);
        assertThat(backlog.progress(NEVER)).isEqualTo(new Progress(null, 40L, true));
    }

    @Test
    void a_partition_that_is_empty_does_not_count_and_one_that_is_added_does() {
        ends = new long[] {100, 0};
        backlog.look();
        backlog.learned(0, 99);
        assertThat(backlog.progress(NEVER)).isEqualTo(new Progress(null, 0L, false));
        ends = new long[] {100, 0, 1000};
        backlog.look();
        backlog.learned(2, 0);
        assertThat(backlog.progress(NEVER).behind()).isEqualTo(999);
    }

    @Test
    void samples_that_were_held_back_do_not_take_it_back() {
        ends = new long[] {100};
        backlog.look();
        backlog.learned(0, 89);
        backlog.learned(0, 20);
        assertThat(backlog.progress(NEVER).behind()).isEqualTo(10);
    }

    @Test
    void while_looks_fail_nothing_is_known_and_then_it_goes_on() {
        EndOffsets works = () -> ends.clone();
        List<EndOffsets> failures = List.of(
                () -> {
                    throw new IllegalStateException("no broker");
                },
                () -> {
                    throw new NoClassDefFoundError("gone");
                });
        AtomicReference<EndOffsets> now = new AtomicReference<>(works);
        Backlog unsteady = new Backlog(() -> now.get().look());
        ends = new long[] {1000};
        unsteady.lookAgain();
        unsteady.learned(0, 899);
        for (EndOffsets failure : failures) {
            now.set(failure);
            unsteady.lookAgain();
            assertThat(unsteady.progress(7)).isEqualTo(new Progress(7L, null, false));
            now.set(works);
            unsteady.lookAgain();
            assertThat(unsteady.progress(7)).isEqualTo(new Progress(7L, 100L, true));
        }
    }

    @Test
    void before_the_first_look_and_without_ends_nothing_is_known() throws Exception {
        backlog.learned(0, 5);
        assertThat(backlog.progress(5)).isEqualTo(new Progress(5L, null, false));
        try (Backlog none = new Backlog(null)) {
            none.open();
            none.learned(0, 5);
            none.look();
            assertThat(none.progress(NEVER)).isEqualTo(Progress.UNKNOWN);
        }
    }

    @Test
    void it_has_looked_once_it_is_open_and_lets_go_when_it_is_closed() throws Exception {
        AtomicInteger closed = new AtomicInteger();
        Backlog open = new Backlog(new EndOffsets() {
            private static final long serialVersionUID = 1;

            @Override
            public long[] look() {
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
                // Its pool is terminated a moment before the thread itself ends.
                thread.join(10_000);
                assertThat(thread.isAlive()).isFalse();
            }
        }
    }
}
