package io.freshet.server.store;

import io.freshet.learning.yaml.Durations;
import io.freshet.learning.yaml.SpecException;
import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Which earlier versions of a model key to keep, so that it can always go back by each spacing.
 *
 * <p>For each spacing d, two versions are kept at most:
 *
 * <pre>
 *   a  the newest that is at least d old, or the oldest if none is
 *   b  the newest published up to d after a, or the next one if none was; unless it is the live one
 * </pre>
 *
 * When b is d old, it takes the place of a. So once a key has been published for d, a is between d and 2d old. After a pause of
 * publication of more than d, a can be older: it is then the version that was live d ago. Ages are differences of publishing
 * times. A young key keeps more ({@link #early}). Pinned by {@code VersionSpacingTest}.
 *
 * @param spacings ascending, each once
 */
public record VersionSpacing(List<Duration> spacings) {
    public static final VersionSpacing NONE = new VersionSpacing(List.of());
    public static final String DEFAULT_TEXT = "1m,10m,1h,1d";
    public static final VersionSpacing DEFAULT = parse(DEFAULT_TEXT);

    private static final int MAXIMUM = 16;
    private static final String NO_SPACING = "0";
    private static final String EXPECTED =
            "up to " + MAXIMUM + " durations such as 30s, 10m, 1h, or 7d, separated by commas; or 0";

    public VersionSpacing {
        spacings = spacings.stream().sorted().distinct().toList();
    }

    /**
     * Returns spacings as options name them, such as {@code 1m,10m}, or 0 for none.
     *
     * @throws IllegalArgumentException if the text is not valid
     */
    public static VersionSpacing parse(String text) {
        if (text.equals(NO_SPACING)) {
            return NONE;
        }
        String[] parts = text.split(",", MAXIMUM + 1);
        if (parts.length > MAXIMUM) {
            throw invalid(text);
        }
        return new VersionSpacing(
                Arrays.stream(parts).map(part -> duration(part.strip(), text)).toList());
    }

    private static Duration duration(String part, String text) {
        try {
            long millis = Durations.millis("", part);
            if (millis > 0) {
                return Duration.ofMillis(millis);
            }
        } catch (SpecException e) {
            throw invalid(text);
        }
        throw invalid(text);
    }

    private static IllegalArgumentException invalid(String text) {
        return new IllegalArgumentException(text + " (expected: " + EXPECTED + ")");
    }

    /**
     * Returns which versions to keep.
     *
     * @param older publishing times of the replaced versions, milliseconds, newest first
     * @param live when the newest version was published
     */
    BitSet needed(long[] older, long live) {
        BitSet needed = early(older, live);
        spacings.forEach(spacing -> needed.or(needed(spacing, older, live)));
        return needed;
    }

    /** Returns which versions one spacing keeps. */
    static BitSet needed(Duration spacing, long[] older, long live) {
        BitSet needed = new BitSet(older.length);
        if (older.length == 0) {
            return needed;
        }
        long millis = spacing.toMillis();
        int a = 0;
        while (a < older.length - 1 && older[a] > live - millis) {
            a++;
        }
        needed.set(a);
        long end = older[a] + millis;
        if (live > end && a > 0) {
            int b = a;
            while (b > 0 && older[b - 1] <= end) {
                b--;
            }
            needed.set(b < a ? b : a - 1);
        }
        return needed;
    }

    /**
     * Returns which versions a key keeps until it is as old as the longest spacing: the first, and what was the newest when the
     * key was 1, 2, 4, ... times the shortest spacing old. So it goes back to a version that had learned for at least half the
     * time, instead of to the first one, until the spacings have versions of their own.
     */
    BitSet early(long[] older, long live) {
        BitSet early = new BitSet(older.length);
        int first = older.length - 1;
        if (first < 0 || spacings.isEmpty()) {
            return early;
        }
        long longest = spacings.get(spacings.size() - 1).toMillis();
        long reached = live - older[first];
        if (reached < longest) {
            for (long age = spacings.get(0).toMillis(); age < reached; age *= 2) {
                int version = first;
                while (version > 0 && older[version - 1] - older[first] <= age) {
                    version--;
                }
                early.set(version);
            }
        }
        return early;
    }

    /** Returns the text that {@link #parse} reads. */
    @Override
    public String toString() {
        return spacings.isEmpty()
                ? NO_SPACING
                : spacings.stream().map(VersionSpacing::text).collect(Collectors.joining(","));
    }

    /** Returns a spacing as options name it. */
    public static String text(Duration spacing) {
        return Durations.write(spacing.toMillis()).toString();
    }
}
