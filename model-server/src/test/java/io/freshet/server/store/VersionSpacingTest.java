package io.freshet.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.BitSet;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a model that cannot go back by a time, because what would be so old now was dropped when it was young. */
class VersionSpacingTest {
    private static final Duration DAY = Duration.ofDays(1);
    /** Two for each spacing, and one for each doubling of the shortest one up to the longest. */
    private static final int MOST = 2 * 4 + 11;

    /** Publishing times of the kept versions, newest first. */
    private long[] kept = {};

    private int most;

    @Test
    void three_days_at_two_versions_per_second_always_have_a_version_of_each_age() {
        for (long now = 500; now <= 3 * DAY.toMillis(); now += 500) {
            publish(VersionSpacing.DEFAULT, now);
            for (Duration spacing : VersionSpacing.DEFAULT.spacings()) {
                long millis = spacing.toMillis();
                long age = now - at(now - millis);
                if (now > millis && (age < millis || age >= 2 * millis)) {
                    throw new AssertionError("at " + now + ", the version of " + spacing + " is " + age + " ms old");
                }
            }
        }

        assertThat(most).isLessThanOrEqualTo(MOST);
    }

    @Test
    void a_key_older_than_the_longest_spacing_keeps_two_versions_of_each() {
        long oneDay = DAY.toMillis();
        for (long now = 500; now <= 2 * oneDay; now += 500) {
            publish(VersionSpacing.DEFAULT, now);
            if (now > oneDay + 500) {
                assertThat(kept.length).isLessThanOrEqualTo(8);
            }
        }
    }

    /** Would catch a key that can go back to nothing but its first version, which has learned next to nothing. */
    @Test
    void a_young_key_goes_back_to_what_has_learned_at_least_half_as_long_as_possible() {
        for (long now = 500; now < DAY.toMillis(); now += 500) {
            publish(VersionSpacing.DEFAULT, now);
            for (Duration spacing : VersionSpacing.DEFAULT.spacings()) {
                long learned = now - spacing.toMillis();
                if (learned >= 2 * 60_000) {
                    assertThat(at(learned))
                            .as("%s before %d", spacing, now)
                            .isGreaterThanOrEqualTo(learned / 2 - 1_000);
                }
            }
        }
    }

    /** What was live d ago was published at least d ago, and what was published next is less than d old. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void whatever_the_pauses_a_version_is_up_to_twice_as_old_or_was_live_at_that_age(long seed) {
        Random random = new Random(seed);
        long[] published = LongStream.iterate(0, time -> time + pause(random))
                .limit(20_000)
                .toArray();
        for (int i = 1; i < published.length; i++) {
            long now = published[i];
            publish(VersionSpacing.DEFAULT, published[i - 1], now);
            for (Duration spacing : VersionSpacing.DEFAULT.spacings()) {
                long millis = spacing.toMillis();
                long found = at(now - millis);
                boolean live = found >= 0 && next(published, i, found) > now - millis;
                assertThat(now < millis || live || (found >= 0 && now - found < 2 * millis))
                        .as("seed %d, %s at %d: %d", seed, spacing, now, found)
                        .isTrue();
            }
        }

        assertThat(most).isLessThanOrEqualTo(MOST);
    }

    @Test
    void keeps_few_versions_whatever_the_clocks_of_publishers() {
        Random random = new Random(1);
        long now = 0;
        for (int i = 0; i < 20_000; i++) {
            long before = now;
            now += random.nextLong(-DAY.toMillis(), DAY.toMillis());
            publish(VersionSpacing.DEFAULT, before, now);
        }

        assertThat(most).isLessThanOrEqualTo(MOST);
    }

    @Test
    void reads_what_options_name() {
        assertThat(VersionSpacing.parse("10m, 1m,60s").spacings())
                .containsExactly(Duration.ofMinutes(1), Duration.ofMinutes(10));
        assertThat(VersionSpacing.DEFAULT).hasToString("1m,10m,1h,1d");
        assertThat(VersionSpacing.parse("0")).isEqualTo(VersionSpacing.NONE).hasToString("0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1",
                "1m,",
                "1m,0",
                "0s",
                "-1m",
                "1m;2m",
                "1s,2s,3s,4s,5s,6s,7s,8s,9s,1m,2m,3m,4m,5m,6m,7m,8m"
            })
    void refuses_what_is_no_list_of_durations(String text) {
        assertThatThrownBy(() -> VersionSpacing.parse(text))
                .hasMessage(text
                        + " (expected: up to 16 durations such as 30s, 10m, 1h, or 7d, separated by commas; or 0)");
    }

    private static long pause(Random random) {
        return switch (random.nextInt(200)) {
            case 0 -> random.nextLong(2 * DAY.toMillis());
            case 1, 2, 3 -> random.nextLong(Duration.ofHours(3).toMillis());
            case 4, 5, 6, 7, 8, 9 -> random.nextLong(Duration.ofMinutes(15).toMillis());
            default -> 1 + random.nextLong(30_000);
        };
    }

    private void publish(VersionSpacing spacing, long now) {
        publish(spacing, now - 500, now);
    }

    /** Publishes a version, which replaces the one before. */
    private void publish(VersionSpacing spacing, long before, long now) {
        long[] candidates = LongStream.concat(LongStream.of(before), LongStream.of(kept))
                .map(time -> -time)
                .sorted()
                .map(time -> -time)
                .toArray();
        BitSet needed = spacing.needed(candidates, now);
        kept = needed.stream().mapToLong(i -> candidates[i]).toArray();
        most = Math.max(most, kept.length);
    }

    /** Returns when the version was published that was the newest of the kept ones at a time, or -1. */
    private long at(long time) {
        for (long each : kept) {
            if (each <= time) {
                return each;
            }
        }
        return -1;
    }

    private static long next(long[] published, int newest, long time) {
        for (int i = newest; i >= 0; i--) {
            if (published[i] == time) {
                return published[Math.min(i + 1, newest)];
            }
        }
        return time;
    }
}
