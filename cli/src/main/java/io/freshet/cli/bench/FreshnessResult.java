package io.freshet.cli.bench;

import io.freshet.learning.spec.ModelSpec;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

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
record FreshnessResult(
        String lane,
        String publish,
        long checkpointMillis,
        int samplesPerSecond,
        int samples,
        double p50Millis,
        double p99Millis,
        double maximumMillis) {
    /**
     * A setting to measure.
     *
     * @param lane of the snapshots
     * @param publish other settings of {@code publish}, in YAML's flow style; empty for the defaults
     * @param checkpointInterval of the job
     */
    record Setting(String lane, String publish, Duration checkpointInterval) {
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

        /** Returns the settings to measure: both lanes, as fresh as possible and at the defaults. */
        static List<Setting> all() {
            return List.of(
                    new Setting("eager", FASTEST, DEFAULT),
                    new Setting("eager", "", DEFAULT),
                    new Setting("committed", FASTEST, SHORT),
                    new Setting("committed", "", DEFAULT));
        }

        /** Returns a small model of the flights: 68 parameters. */
        ModelSpec spec() {
            return ModelSpec.parse(SPEC.formatted(lane, publish.isEmpty() ? "" : ", " + publish));
        }

        String description() {
            return publish.isEmpty() ? "defaults" : publish;
        }

        /** @param nanos of each sample; sorted in place */
        FreshnessResult result(int samplesPerSecond, long[] nanos) {
            Arrays.sort(nanos);
            return new FreshnessResult(
                    lane,
                    description(),
                    checkpointInterval.toMillis(),
                    samplesPerSecond,
                    nanos.length,
                    quantile(nanos, 0.5),
                    quantile(nanos, 0.99),
                    quantile(nanos, 1));
        }

        private static double quantile(long[] sorted, double fraction) {
            return sorted[(int) Math.min(sorted.length - 1, Math.round(fraction * (sorted.length - 1)))] / 1e6;
        }
    }
}
