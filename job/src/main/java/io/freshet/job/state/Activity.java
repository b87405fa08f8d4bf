package io.freshet.job.state;

import io.freshet.learning.stream.EventTimes;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** The last activity of a model key with a time to live. */
public final class Activity {
    private static final int NO_PARTITION = -1;

    private long newest;
    private int partition;
    private boolean timer;

    private Activity(long newest, int partition, boolean timer) {
        this.newest = newest;
        this.partition = partition;
        this.timer = timer;
    }

    /** Returns the activity before the first sample. */
    static Activity start() {
        return new Activity(EventTimes.NONE, NO_PARTITION, false);
    }

    /** Returns whether nothing has happened since {@link #start}. */
    boolean isStart() {
        return newest == EventTimes.NONE && partition == NO_PARTITION && !timer;
    }

    public void record(int from, long eventTime) {
        newest = Math.max(newest, eventTime);
        partition = from;
    }

    /** Returns the newest event time, or {@link EventTimes#NONE}. */
    public long newest() {
        return newest;
    }

    /** Returns the partition of the last sample. */
    public int partition() {
        return partition;
    }

    /** Returns whether an expiry timer is set. */
    public boolean timer() {
        return timer;
    }

    public void timer(boolean set) {
        timer = set;
    }

    /** Returns the activity of a state that starts over. A timer stays set. */
    Activity restarted() {
        return new Activity(EventTimes.NONE, NO_PARTITION, timer);
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
