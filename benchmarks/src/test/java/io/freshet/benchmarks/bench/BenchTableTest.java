package io.freshet.benchmarks.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.benchmarks.bench.BenchReport.SetResult;
import io.freshet.benchmarks.bench.BenchReport.VariantResult;
import java.util.List;
import org.junit.jupiter.api.Test;

class BenchTableTest {
    private static Measurement run(double seconds, double cpu, Double loss) {
        return new Measurement(
                1_000_000,
                seconds,
                cpu,
                loss == null ? 0.25 : null,
                loss == null ? 0.02 : null,
                loss == null ? 300_000_000L : null,
                loss);
    }

    @Test
    void prints_medians_and_the_ratios_to_the_discarding_job_and_the_peer() {
        SetResult result = new SetResult(
                "sparse",
                "avro",
                "a model",
                2_000_000,
                267.6,
                "They hash.",
                List.of(
                        VariantResult.of(
                                Variant.DISCARD, List.of(run(4, 8, null), run(1, 0.5, null), run(2, 1.5, null))),
                        VariantResult.of(Variant.VW_TEXT, List.of(run(2, 3, 0.6), run(6, 5, 0.6)))));

        assertThat(BenchTable.of(result).lines())
                .containsExactly(
                        "sparse: 2,000,000 samples of 268 bytes (avro); a model",
                        "variant  samples/s  CPU µs  broker µs  of discard  of vw-text  GC     bytes  loss",
                        "discard  500,000    1.50    0.25       1.00        1.50        1.0 %  300    -",
                        "vw-text  333,333    4.00    -          0.67        1.00        -      -      0.6000");
    }

    @Test
    void prints_no_ratio_to_a_variant_that_did_not_run() {
        SetResult result = new SetResult(
                "dense",
                "avro",
                "a model",
                1,
                1,
                "",
                List.of(VariantResult.of(Variant.LEARN, List.of(run(2, 1, null)))));

        assertThat(BenchTable.of(result).lines().skip(2).toList())
                .containsExactly("learn    500,000    1.00    0.25       -           -           1.0 %  300    -");
    }

    @Test
    void says_how_and_why_its_loss_differs_from_those_of_the_peer() {
        SetResult result = new SetResult(
                "flights",
                "avro",
                "a model",
                1,
                1,
                "They hash.",
                List.of(
                        VariantResult.of(Variant.LEARN, List.of(run(2, 1, 0.6423))),
                        VariantResult.of(Variant.VW_TEXT, List.of(run(2, 1, 0.6424))),
                        VariantResult.of(Variant.VW_DEFAULTS, List.of(run(2, 1, 0.64)))));

        assertThat(BenchTable.of(result).lines().skip(5))
                .containsExactly(
                        "loss of learn: 0.6423, 0.0001 below that of vw-text. They hash.",
                        "loss of learn: 0.6423, 0.0023 above that of vw-defaults. Another optimizer and rate.");
    }

    @Test
    void compares_losses_with_the_cache_without_a_run_from_text() {
        SetResult result = new SetResult(
                "flights",
                "avro",
                "a model",
                1,
                1,
                "They hash.",
                List.of(
                        VariantResult.of(Variant.LEARN, List.of(run(2, 1, 0.65))),
                        VariantResult.of(Variant.VW_CACHE, List.of(run(2, 1, 0.6)))));

        assertThat(BenchTable.of(result).lines().skip(4))
                .containsExactly("loss of learn: 0.6500, 0.0500 above that of vw-cache. They hash.");
    }
}
