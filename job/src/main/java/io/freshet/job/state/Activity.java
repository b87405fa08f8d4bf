package io.freshet.job.state;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** Since when a model and key got no sample, where the specification says that it is then forgotten. */
public final class Activity {
    private static final long NONE = Long.MIN_VALUE;

    private long newest;
    private int partition;
    private boolean timer;

    private Activity(long newest, int partition, boolean timer) {
        this.newest = newest;
        this.partition = partition;
        this.timer = timer;
    }

    /** Returns the life of a model that got no sample yet. */
    static Activity start() {
        return new Activity(NONE, -1, false);
    }

    /** Says that a sample came. */
    public void came(int from, long eventTime) {
        newest = Math.max(newest, eventTime);
        partition = from;
    }

    /** Whether at an event time it got no sample for more than so many milliseconds. */
    public boolean isOver(long eventTime, long millis) {
        return newest != NONE && PartitionEventTimes.after(eventTime, newest) > millis;
    }

    /** Returns the newest event time of its samples. */
    public long newest() {
        return newest;
    }

    /** Returns the partition that its last sample came from. */
    public int partition() {
        return partition;
    }

    /** Whether a timer is set that will look whether it is over. */
    public boolean timer() {
        return timer;
    }

    public void timer(boolean set) {
        timer = set;
    }

    Activity copy() {
        return new Activity(newest, partition, timer);
    }

    void write(DataOutput out) throws IOException {
        out.writeLong(newest);
        out.writeInt(partition);
        out.writeBoolean(timer);
    }

    static Activity read(DataInput in) throws IOException {
        return new Activity(in.readLong(), in.readInt(), in.readBoolean());
    }
}
