package io.freshet.learning.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a range that runs twice, or not, or with the loop before it, and a helper that spins, or outlives its team. */
class ThreadTeamTest {
    private static final int LOOPS = 20_000;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8})
    void runs_each_element_once(int threads) {
        AtomicIntegerArray runs = new AtomicIntegerArray(1_000);
        try (ThreadTeam team = new ThreadTeam(threads, "team", System::nanoTime)) {
            for (int loop = 1; loop <= LOOPS; loop++) {
                int length = loop % 7 * 143;
                int by = loop;
                team.run(length, 1 + loop % 150, (from, to, thread) -> {
                    for (int i = from; i < to; i++) {
                        runs.addAndGet(i, by);
                    }
                });
                for (int i = 0; i < length; i++) {
                    if (runs.getAndSet(i, 0) != by) {
                        throw new AssertionError("loop " + loop + ", element " + i);
                    }
                }
            }
        }
        for (int i = 0; i < runs.length(); i++) {
            assertThat(runs.get(i)).isZero();
        }
    }

    @Test
    void shares_a_loop_among_its_threads() {
        int threads = 4;
        CountDownLatch all = new CountDownLatch(threads);
        Set<Integer> indices = ConcurrentHashMap.newKeySet();
        Set<Thread> seen = ConcurrentHashMap.newKeySet();
        try (ThreadTeam team = new ThreadTeam(threads, "team", System::nanoTime)) {
            assertThat(team.threads()).isEqualTo(threads);
            // Each range waits until all are taken, which takes a thread for each.
            team.run(threads, 1, (from, to, thread) -> {
                indices.add(thread);
                seen.add(Thread.currentThread());
                all.countDown();
                await(all);
            });
        }
        assertThat(indices).containsExactlyInAnyOrder(0, 1, 2, 3);
        assertThat(seen).hasSize(threads).contains(Thread.currentThread());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void splits_a_loop_by_its_cost_alone() {
        assertThat(ThreadTeam.grain(512, (4 << 20) - 1)).isEqualTo(512);
        assertThat(ThreadTeam.grain(512, 4 << 20)).isEqualTo(256);
        assertThat(ThreadTeam.grain(512, 16 << 20)).isEqualTo(128);
        assertThat(ThreadTeam.grain(512, (256 << 20) - 1)).isEqualTo(128);
        assertThat(ThreadTeam.grain(512, 256 << 20)).isEqualTo(64);
        assertThat(ThreadTeam.grain(512, 1L << 32)).isEqualTo(32);
        assertThat(ThreadTeam.grain(100, 16 << 20)).isEqualTo(32);
        assertThat(ThreadTeam.grain(10, Long.MAX_VALUE)).isEqualTo(16);
        assertThat(ThreadTeam.grain(Integer.MAX_VALUE, 0)).isEqualTo(Integer.MAX_VALUE - 15);
        assertThat(ThreadTeam.grain(0, 0)).isEqualTo(16);
    }

    @Test
    void runs_a_loop_of_the_largest_length() {
        AtomicInteger last = new AtomicInteger();
        try (ThreadTeam team = new ThreadTeam(2, "team", System::nanoTime)) {
            team.run(
                    Integer.MAX_VALUE,
                    Integer.MAX_VALUE - 15,
                    (from, to, thread) -> last.accumulateAndGet(to, Math::max));
        }
        assertThat(last).hasValue(Integer.MAX_VALUE);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void throws_what_a_range_throws_and_runs_the_next_loop(int threads) {
        try (ThreadTeam team = new ThreadTeam(threads, "team", System::nanoTime)) {
            AtomicInteger runs = new AtomicInteger();
            assertThatThrownBy(() -> team.run(9, 1, (from, to, thread) -> {
                        runs.incrementAndGet();
                        if (from == 4) {
                            throw new IllegalStateException("range 4");
                        }
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("range 4");
            assertThat(runs).hasValue(9);
            assertThatThrownBy(() -> team.run(9, 1, (from, to, thread) -> {
                        throw new LinkageError("no library");
                    }))
                    .isInstanceOf(LinkageError.class);
            AtomicInteger sum = new AtomicInteger();
            team.run(9, 1, (from, to, thread) -> sum.addAndGet(from));
            assertThat(sum).hasValue(36);
        }
    }

    /** A helper that spins never gets there. */
    @Test
    @Timeout(60)
    void its_helpers_sleep_without_work_and_end_with_the_team() {
        ThreadTeam team = new ThreadTeam(3, "idle-team", System::nanoTime);
        team.run(100, 1, (from, to, thread) -> {});
        assertThat(helpers()).hasSize(2);
        while (!helpers().stream().allMatch(helper -> helper.getState() == Thread.State.WAITING)) {
            Thread.onSpinWait();
        }
        team.close();
        assertThat(helpers()).isEmpty();
    }

    private static Set<Thread> helpers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("idle-team-"))
                .collect(Collectors.toSet());
    }

    @Test
    void shares_loops_while_that_is_faster_than_one_thread() {
        AtomicLong time = new AtomicLong();
        try (ThreadTeam team = new ThreadTeam(2, "team", time::get)) {
            share(team, 1, 9, time);
            alone(team, 1, 6, time);
            share(team, 64, 5, time);
            // Something else took time, so the window before it counts.
            alone(team, 1, 60, time);
            for (int pause = 2; pause <= 128; pause *= 2) {
                share(team, 1, 6, time);
                alone(team, Math.min(pause, 64), 6, time);
            }
            share(team, 63, 5, time);
            share(team, 1, 7, time);
            alone(team, 2, 6, time);
            share(team, 1, 5, time);
        }
        assertThat(Thread.getAllStackTraces().keySet())
                .as("the helper, though the clock stands still")
                .noneMatch(thread -> thread.getName().equals("team-1"));
    }

    /** Runs loops that take a time each, and need two threads. */
    private static void share(ThreadTeam team, int windows, int cost, AtomicLong time) {
        for (int i = 0; i < 64 * windows; i++) {
            team.run(2, 1, together((from, to, thread) -> time.addAndGet(from * cost)));
        }
    }

    private static void alone(ThreadTeam team, int windows, int cost, AtomicLong time) {
        for (int i = 0; i < 64 * windows; i++) {
            team.run(2, 1, (from, to, thread) -> {
                assertThat(thread).isZero();
                time.addAndGet(from * cost);
            });
        }
    }

    /** Returns a loop of two ranges that needs two threads. */
    private static ThreadTeam.Range together(ThreadTeam.Range loop) {
        CountDownLatch both = new CountDownLatch(2);
        return (from, to, thread) -> {
            both.countDown();
            await(both);
            loop.run(from, to, thread);
        };
    }

    @Test
    void an_interrupt_of_the_caller_changes_nothing() {
        AtomicInteger runs = new AtomicInteger();
        try (ThreadTeam team = new ThreadTeam(2, "team", System::nanoTime)) {
            Thread.currentThread().interrupt();
            for (int i = 0; i < 1_000; i++) {
                team.run(4, 1, (from, to, thread) -> runs.incrementAndGet());
            }
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(runs).hasValue(4_000);
    }

    @Test
    void rejects_a_team_without_threads() {
        assertThatThrownBy(() -> new ThreadTeam(0, "team", System::nanoTime)).hasMessage("threads: 0 (expected: >= 1)");
    }
}
