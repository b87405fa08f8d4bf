package io.freshet.benchmarks.bench;

import io.freshet.learning.spec.ModelSpec;
import java.time.Duration;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * A setting of which the freshness is measured.
 *
 * @param lane of the snapshots
 * @param publish other settings of {@code publish}, in YAML's flow style; empty for the defaults
 * @param checkpointInterval of the job
 */
record Freshness(String lane, String publish, Duration checkpointInterval) {
    /** As small as a checkpoint interval usually is where the committed lane must be fresh. */
    private static final Duration SHORT = Duration.ofSeconds(1);

    private static final Duration DEFAULT = Duration.ofSeconds(10);
    private static final String FASTEST = "everySamples: 1, minimumMillis: 0";
    private static final String SPEC = """
            name: bench-freshness
            label: delayed
            features:
              numeric: [minute_of_day, day_of_week, distance_miles]
              categorical: [origin, destination]
              cross: [[origin, destination]]
              hashBits: 6
            loss: binary-cross-entropy
            optimizer: {type: sgd, learningRate: 0.02}
            publish: {lane: %s%s}
            """;

    /**
     * How long a sample takes from its producer to the parameters that answer a prediction.
     *
     * @param lane of the snapshots
     * @param publish settings of {@code publish}, as in a specification
     * @param checkpointMillis interval of the job's checkpoints
     * @param samplesPerSecond produced
     * @param samples measured
     * @param p50Millis median
     * @param p99Millis 99th percentile
     * @param maximumMillis of all
     */
    record Result(
            String lane,
            String publish,
            long checkpointMillis,
            int samplesPerSecond,
            long samples,
            double p50Millis,
            double p99Millis,
            double maximumMillis) {}

    /** Returns the settings to measure: both lanes, as fresh as possible and at the defaults. */
    static List<Freshness> all() {
        return List.of(
                new Freshness("eager", FASTEST, DEFAULT),
                new Freshness("eager", "", DEFAULT),
                new Freshness("committed", FASTEST, SHORT),
                new Freshness("committed", "", DEFAULT));
    }

    /** Returns a small model of the flights: 68 parameters. */
    ModelSpec spec() {
        return ModelSpec.parse(SPEC.formatted(lane, publish.isEmpty() ? "" : ", " + publish));
    }

    String description() {
        return publish.isEmpty() ? "defaults" : publish;
    }

    /** @param nanos of each sample */
    Result result(int samplesPerSecond, Histogram nanos) {
        return new Result(
                lane,
                description(),
                checkpointInterval.toMillis(),
                samplesPerSecond,
                nanos.getTotalCount(),
                nanos.getValueAtPercentile(50) / 1e6,
                nanos.getValueAtPercentile(99) / 1e6,
                nanos.getMaxValue() / 1e6);
    }
}
