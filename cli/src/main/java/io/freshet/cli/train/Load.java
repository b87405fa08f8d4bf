package io.freshet.cli.train;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.PublishSpec;

/**
 * What a model has to bear.
 *
 * @param keys of the model; 1 without a key
 * @param rate samples per second, over all keys
 */
record Load(ModelSpec spec, long keys, double rate) {
    /** CPU time to read a record from Kafka and to discard it in Flink, from {@code freshet bench} with records of 64 to 8,500 bytes. */
    private static final double READ_NANOS = 220;

    private static final double READ_NANOS_PER_BYTE = 0.65;

    /** Half of the capacity stays free, so that a backlog shrinks as fast as it grew. */
    private static final double BUSY = 0.5;

    private static final double NANOS_PER_SECOND = 1e9;

    /** Returns the CPU time to read a sample, in nanoseconds. */
    static double readNanos(double bytesPerSample) {
        return READ_NANOS + READ_NANOS_PER_BYTE * bytesPerSample;
    }

    /** Returns the number of cores that the samples need, half busy. */
    long cores(double nanosPerSample) {
        return Math.max(1, (long) Math.ceil(rate * nanosPerSample / NANOS_PER_SECOND / BUSY));
    }

    /** Returns the rate that keeps one core busy all the time. */
    static double perCore(double nanosPerSample) {
        return NANOS_PER_SECOND / nanosPerSample;
    }

    /** Returns the most snapshots per second: one for each sample, or as few as the publication settings allow. */
    double snapshots() {
        PublishSpec publish = spec.publish();
        double due = rate / publish.everySamples() + keys * 1000.0 / publish.everyMillis();
        double allowed = publish.minimumMillis() == 0 ? rate : keys * 1000.0 / publish.minimumMillis();
        return Math.min(rate, Math.min(due, allowed));
    }
}
