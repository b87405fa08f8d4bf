package io.freshet.benchmarks.bench;

import io.freshet.benchmarks.workload.Workload;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The results of a benchmark, as written to the report file.
 *
 * @param machine where it ran
 * @param sets results of each workload
 * @param freshness results of each setting; empty if it was not measured
 */
record BenchReport(Machine machine, List<SetResult> sets, List<Freshness.Result> freshness) {
    /**
     * Software and hardware.
     *
     * @param freshet version
     * @param java version
     * @param system operating system and architecture
     * @param processors available to the JVM
     * @param vowpalWabbit version; null if it did not run
     */
    record Machine(
            String freshet,
            String java,
            String system,
            int processors,
            @Nullable String vowpalWabbit) {
        String line() {
            return "freshet " + freshet + ", Java " + java + ", " + system + ", " + processors + " processors, "
                    + (vowpalWabbit == null ? "without Vowpal Wabbit" : "Vowpal Wabbit " + vowpalWabbit);
        }
    }

    /**
     * The results of a workload.
     *
     * @param set name of the workload
     * @param format of the topic
     * @param description of a sample and the model
     * @param samples in the topic
     * @param bytesPerSample mean, before compression
     * @param lossDifference why Freshet and Vowpal Wabbit with the same settings have different losses, whether they ran or not
     * @param variants in the order in which they ran
     */
    record SetResult(
            String set,
            String format,
            String description,
            long samples,
            double bytesPerSample,
            String lossDifference,
            List<VariantResult> variants) {
        static SetResult of(BenchSamples topic, Map<Variant, List<Measurement>> runs) {
            List<VariantResult> variants = runs.entrySet().stream()
                    .map(entry -> VariantResult.of(entry.getKey(), entry.getValue()))
                    .toList();
            Workload workload = topic.workload();
            return new SetResult(
                    workload.option(),
                    topic.format().option(),
                    workload.description(),
                    topic.samples(),
                    topic.bytesPerSample(),
                    workload.lossDifference(),
                    variants);
        }

        /** Returns the median rate of a variant; null if it did not run. */
        @Nullable Double samplesPerSecond(Variant variant) {
            VariantResult result = result(variant);
            return result == null ? null : result.samplesPerSecond();
        }

        /** Returns the median loss of a variant; null if it did not run, or does not learn. */
        @Nullable Double loss(Variant variant) {
            VariantResult result = result(variant);
            return result == null ? null : result.loss();
        }

        private @Nullable VariantResult result(Variant variant) {
            return variants.stream()
                    .filter(result -> result.variant == variant)
                    .findFirst()
                    .orElse(null);
        }
    }

    /**
     * Medians over the counted runs of a variant. CPU times are microseconds per sample, which equal seconds per million.
     *
     * @param variant what ran
     * @param cpuMicros of the process that reads or learns
     * @param brokerCpuMicros of the broker; null without one
     * @param collectionFraction share of the time in which the JVM stopped for garbage collection; null if it is not a JVM
     * @param allocatedBytes on the Java heap, per sample; null if it is not a JVM
     * @param loss mean progressive loss; null if nothing is learned
     * @param runs in order
     */
    record VariantResult(
            Variant variant,
            double samplesPerSecond,
            double cpuMicros,
            @Nullable Double brokerCpuMicros,
            @Nullable Double collectionFraction,
            @Nullable Double allocatedBytes,
            @Nullable Double loss,
            List<Measurement> runs) {
        /** @param runs one or more */
        static VariantResult of(Variant variant, List<Measurement> runs) {
            return new VariantResult(
                    variant,
                    Objects.requireNonNull(median(runs, Measurement::samplesPerSecond)),
                    Objects.requireNonNull(median(runs, run -> run.cpuSeconds() * 1e6 / run.samples())),
                    median(
                            runs,
                            run -> run.brokerCpuSeconds() == null
                                    ? null
                                    : run.brokerCpuSeconds() * 1e6 / run.samples()),
                    median(
                            runs,
                            run -> run.collectionSeconds() == null ? null : run.collectionSeconds() / run.seconds()),
                    median(
                            runs,
                            run -> run.allocatedBytes() == null ? null : run.allocatedBytes() / (double) run.samples()),
                    median(runs, Measurement::loss),
                    List.copyOf(runs));
        }
    }

    private static @Nullable Double median(List<Measurement> runs, Function<Measurement, @Nullable Double> value) {
        List<Double> sorted =
                runs.stream().map(value).filter(Objects::nonNull).sorted().toList();
        int middle = sorted.size() / 2;
        if (sorted.isEmpty()) {
            return null;
        }
        return sorted.size() % 2 == 1
                ? sorted.get(middle)
                : (Double) ((sorted.get(middle - 1) + sorted.get(middle)) / 2);
    }
}
