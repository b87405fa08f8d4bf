package io.freshet.learning.model;

import io.freshet.learning.features.Sample;
import java.util.Arrays;

/** The origins of a batch's samples: partitions, offsets, and event times, column by column. */
final class Origins {
    private static final int[] NO_INTS = {};
    private static final long[] NO_LONGS = {};

    private int[] partition = NO_INTS;
    private long[] offset = NO_LONGS;
    private long[] eventTime = NO_LONGS;

    void reserve(int samples) {
        partition = Arrays.copyOf(partition, samples);
        offset = Arrays.copyOf(offset, samples);
        eventTime = Arrays.copyOf(eventTime, samples);
    }

    void set(int i, Sample sample) {
        partition[i] = sample.partition();
        offset[i] = sample.offset();
        eventTime[i] = sample.eventTime();
    }

    void set(int i, PackedSample.Origin origin) {
        partition[i] = origin.partition();
        offset[i] = origin.offset();
        eventTime[i] = origin.eventTime();
    }

    PackedSample.Origin get(int i) {
        return new PackedSample.Origin(partition[i], offset[i], eventTime[i]);
    }

    int partition(int i) {
        return partition[i];
    }

    long offset(int i) {
        return offset[i];
    }

    long eventTime(int i) {
        return eventTime[i];
    }

    long bytes() {
        return (long) Integer.BYTES * partition.length + (long) Long.BYTES * (offset.length + eventTime.length);
    }
}
