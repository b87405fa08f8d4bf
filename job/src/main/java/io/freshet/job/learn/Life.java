package io.freshet.job.learn;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** Since when a model and key got no sample, where the specification says that it is then forgotten. */
final class Life {
    private static final long NONE = Long.MIN_VALUE;

    private long newest;
    private int partition;
    private boolean timer;

    private Life(long newest, int partition, boolean timer) {
        this.newest = newest;
        this.partition = partition;
        this.timer = timer;
    }

    /** Returns the life of a model that got no sample yet. */
    static Life start() {
        return new Life(NONE, -1, false);
    }

    /** Says that a sample came. */
    void came(int from, long eventTime) {
        newest = Math.max(newest, eventTime);
        partition = from;
    }

    /** Whether at an event time it got no sample for more than so many milliseconds. */
    boolean isOver(long eventTime, long millis) {
        return newest != NONE && EventTimes.after(eventTime, newest) > millis;
    }

    /** Returns the newest event time of its samples. */
    long newest() {
        return newest;
    }

    /** Returns the partition that its last sample came from. */
    int partition() {
        return partition;
    }

    /** Whether a timer is set that will look whether it is over. */
    boolean timer() {
        return timer;
    }

    void timer(boolean set) {
        timer = set;
    }

    Life copy() {
        return new Life(newest, partition, timer);
    }

    void write(DataOutput out) throws IOException {
        out.writeLong(newest);
        out.writeInt(partition);
        out.writeBoolean(timer);
    }

    static Life read(DataInput in) throws IOException {
        return new Life(in.readLong(), in.readInt(), in.readBoolean());
    }
}
