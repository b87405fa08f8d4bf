package io.freshet.job.join.score;

import io.freshet.schemas.loop.JoinDelays;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Counts the delays of first outcomes, of closed requests. The upper bounds are 1, 1.5, 2, 3, 5, and 7 times each power of ten from
 * 10 ms to 1e10 ms, so the last is 2.2 years.
 */
final class DelayHistogram {
    private static final int DECADES = 10;
    private static final long[] PER_DECADE = {10, 15, 20, 30, 50, 70};
    private static final List<Long> BOUNDS = bounds();

    private final long[] counts = new long[BOUNDS.size() + 1];
    private long late;

    private static List<Long> bounds() {
        List<Long> bounds = new ArrayList<>();
        long power = 1;
        for (int decade = 0; decade < DECADES; decade++) {
            for (long step : PER_DECADE) {
                bounds.add(step * power);
            }
            power *= 10;
        }
        return List.copyOf(bounds);
    }

    /** @param after milliseconds after which a delay is late */
    void add(long delayMillis, long after) {
        int found = Collections.binarySearch(BOUNDS, delayMillis);
        counts[found >= 0 ? found : -found - 1]++;
        if (delayMillis > after) {
            late++;
        }
    }

    JoinDelays delays() {
        long requests = Arrays.stream(counts).sum();
        List<Long> each = Arrays.stream(counts).boxed().toList();
        return new JoinDelays(BOUNDS, each, requests == 0 ? null : (Double) ((double) late / requests));
    }

    void write(DataOutput out) throws IOException {
        for (long count : counts) {
            out.writeLong(count);
        }
        out.writeLong(late);
    }

    void read(DataInput in) throws IOException {
        for (int i = 0; i < counts.length; i++) {
            counts[i] = in.readLong();
        }
        late = in.readLong();
    }
}
