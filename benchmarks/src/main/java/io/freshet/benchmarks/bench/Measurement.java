package io.freshet.benchmarks.bench;

import org.jspecify.annotations.Nullable;

/**
 * What a run took. CPU times and collections are those of the measured interval.
 *
 * @param samples read in the interval
 * @param seconds length of the interval
 * @param cpuSeconds of the process that reads or learns
 * @param brokerCpuSeconds of the broker's process; null if unknown or none
 * @param collectionSeconds in which the JVM stopped for garbage collection; null if it is not a JVM
 * @param allocatedBytes on the Java heap; null if it is not a JVM
 * @param loss mean progressive loss; null if nothing is learned
 */
record Measurement(
        long samples,
        double seconds,
        double cpuSeconds,
        @Nullable Double brokerCpuSeconds,
        @Nullable Double collectionSeconds,
        @Nullable Long allocatedBytes,
        @Nullable Double loss) {
    double samplesPerSecond() {
        return samples / seconds;
    }

    Measurement withLoss(@Nullable Double value) {
        return new Measurement(
                samples, seconds, cpuSeconds, brokerCpuSeconds, collectionSeconds, allocatedBytes, value);
    }
}
