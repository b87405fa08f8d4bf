package io.freshet.job.learn;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * The buffered samples of one partition, in order. Samples have consecutive numbers: {@code [head, tail)} are buffered, each in
 * state under its {@link #stateKey}.
 */
final class PartitionQueue {
    private static final int NUMBER_BITS = 40;

    private final int partition;
    private long head;
    private long tail;
    private long lastReceived;

    /** @param now processing time in milliseconds; counts as the arrival of the last sample */
    PartitionQueue(int partition, long now) {
        this.partition = partition;
        lastReceived = now;
    }

    boolean isEmpty() {
        return head == tail;
    }

    long size() {
        return tail - head;
    }

    void received(long now) {
        lastReceived = now;
    }

    /** Returns whether the queue is empty and its partition has been silent for {@code idleMillis}. */
    boolean isIdle(long now, long idleMillis) {
        return isEmpty() && now - lastReceived >= idleMillis;
    }

    /** Adds a sample; returns its state key. */
    long add() {
        return stateKey(tail++);
    }

    /** Removes the first sample; returns its state key. */
    long remove() {
        return stateKey(head++);
    }

    void clear() {
        head = tail;
    }

    private long stateKey(long number) {
        return (long) partition << NUMBER_BITS | number;
    }

    void write(DataOutput out) throws IOException {
        out.writeLong(head);
        out.writeLong(tail);
    }

    void read(DataInput in) throws IOException {
        head = in.readLong();
        tail = in.readLong();
    }
}
