package io.freshet.benchmarks.bench;

import static java.util.Objects.requireNonNull;

import io.freshet.benchmarks.bench.BenchReport.SetResult;
import io.freshet.benchmarks.workload.SampleFormat;
import io.freshet.benchmarks.workload.Workload;
import io.freshet.learning.yaml.Plural;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Measures the variants on one workload. All rounds run in this JVM, and the first ones, in which it compiles the code, are not
 * counted: cold, the trainer reaches half its rate.
 *
 * @param plan what to run
 * @param vowpalWabbit null if no variant needs it
 * @param progress receives one line per run
 */
record Benchmark(Plan plan, @Nullable VowpalWabbit vowpalWabbit, PrintWriter progress) {
    /**
     * What to run.
     *
     * @param variants in the order of a round
     * @param format of the samples topics
     * @param samples of each workload; null for its default
     * @param partitions of each topic
     * @param warmUps uncounted rounds before the others, without Vowpal Wabbit
     * @param rounds counted rounds
     */
    record Plan(
            List<Variant> variants,
            SampleFormat format,
            @Nullable Long samples,
            int partitions,
            int warmUps,
            int rounds) {}

    SetResult run(BenchStack stack, Workload workload) throws Exception {
        long samples = plan.samples == null ? workload.samples() : plan.samples;
        List<Variant> variants = plan.variants.stream()
                .filter(variant -> variant.applies(workload))
                .toList();
        boolean text = variants.stream().anyMatch(Variant::needsVowpalWabbit);
        report(workload, "sending", Plural.of(samples, "sample"));
        BenchSamples topic = BenchSamples.create(stack, workload, plan.format, samples, plan.partitions, text);
        if (vowpalWabbit != null && variants.stream().anyMatch(Variant::readsCache)) {
            vowpalWabbit.createCache(topic);
        }
        for (int warmUp = 0; warmUp < plan.warmUps; warmUp++) {
            for (Variant variant : variants) {
                if (!variant.needsVowpalWabbit()) {
                    report(workload, "warm-up", variant, run(variant, stack, topic));
                }
            }
        }
        Map<Variant, List<Measurement>> runs = new EnumMap<>(Variant.class);
        for (int round = 1; round <= plan.rounds; round++) {
            for (Variant variant : variants) {
                Measurement measured = run(variant, stack, topic);
                report(workload, "round " + round, variant, measured);
                runs.computeIfAbsent(variant, first -> new ArrayList<>()).add(measured);
            }
        }
        topic.delete(stack);
        return SetResult.of(topic, runs);
    }

    private Measurement run(Variant variant, BenchStack stack, BenchSamples topic) throws Exception {
        KafkaRuns kafka = new KafkaRuns(stack, topic);
        return switch (variant) {
            case CONSUME -> kafka.consume();
            case DISCARD -> kafka.discard();
            case LEARN -> kafka.learn();
            case VW_TEXT, VW_CACHE, VW_DEFAULTS -> requireNonNull(vowpalWabbit).run(variant, topic);
        };
    }

    private void report(Workload workload, String step, Variant variant, Measurement measured) {
        String rate = String.format(
                Locale.ROOT,
                "%-8s %,11.0f samples/s for %.1f s",
                variant.option(),
                measured.samplesPerSecond(),
                measured.seconds());
        report(workload, step, rate);
    }

    private void report(Workload workload, String step, String message) {
        progress.printf(Locale.ROOT, "bench: %-8s %-8s %s%n", workload.option(), step, message);
        progress.flush();
    }
}
