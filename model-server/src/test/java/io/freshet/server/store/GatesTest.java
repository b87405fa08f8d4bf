package io.freshet.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.evaluation.Metric;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Catches a model that became worse, and still passes by its mean since the start; or one that became better and does not. */
class GatesTest {
    private static final ModelSpec SPEC = ModelSpec.parse(
            "{name: m, label: y, loss: mean-squared-error," + " features: {numeric: [a]}, evaluation: {window: 100}}");
    private static final ModelSpec SHOPS =
            ModelSpec.parse("{name: shops, key: shop, label: y, loss: mean-squared-error,"
                    + " features: {numeric: [a]}, evaluation: {window: 100}}");

    private final Gates gates = new Gates(List.of(Gate.parse("m:loss<=0.7"), Gate.parse("shops:rmse<=2")));

    @Test
    void the_first_snapshots_are_judged_since_the_start() {
        assertThat(refusal(10, 0.8)).isEqualTo("loss: 0.8 over 10 samples (expected: <= 0.7)");
        assertThat(refusal(90, 0.7)).isNull();
    }

    @Test
    void later_snapshots_are_judged_by_the_samples_of_the_last_window() {
        for (int n = 100; n <= 1000; n += 50) {
            assertThat(refusal(n, 0.5)).isNull();
        }

        assertThat(refusal(1100, (1000 * 0.5 + 100 * 0.9) / 1100))
                .isEqualTo("loss: 0.9 over 100 samples (expected: <= 0.7)");
        assertThat(refusal(1200, (1000 * 0.5 + 100 * 0.9 + 100 * 0.3) / 1200)).isNull();
    }

    @Test
    void a_window_may_consist_of_many_snapshots() {
        double sum = 0;
        for (int n = 1; n <= 300; n++) {
            sum += n <= 150 ? 0.5 : 1;
            String refusal = refusal(n, sum / n);
            // The window is up to an eighth longer than 100 samples.
            if (n < 190 || n > 200) {
                assertThat(refusal == null)
                        .as("after %d samples: %s", n, refusal)
                        .isEqualTo(n < 190);
            }
        }
    }

    @Test
    void a_new_incarnation_and_a_deleted_key_start_again() {
        refusal(1000, 0.5);

        assertThat(gates.refusal(snapshot(SPEC, "", 2000, 77, metrics(2000, 0.8))))
                .isEqualTo("loss: 0.8 over 2000 samples (expected: <= 0.7)");
        gates.remove("m", "");
        assertThat(gates.refusal(snapshot(SPEC, "", 2500, 77, metrics(2500, 0.6))))
                .isNull();
    }

    @Test
    void after_a_recovery_to_an_older_version_the_start_counts_until_a_window_has_passed() {
        refusal(1000, 0.5);

        assertThat(refusal(500, 0.8)).isEqualTo("loss: 0.8 over 500 samples (expected: <= 0.7)");
        assertThat(refusal(600, 0.75)).isNull();
    }

    @Test
    void each_key_is_judged_on_its_own_and_the_reason_names_it() {
        assertThat(gates.refusal(snapshot(SHOPS, "S1", 10, 0, metrics(10, 1)))).isNull();
        assertThat(gates.refusal(snapshot(SHOPS, "S2", 10, 0, metrics(10, 9))))
                .isEqualTo("shop S2, rmse: 3.0 over 10 samples (expected: <= 2.0)");
    }

    @Test
    void a_model_without_the_metric_is_not_served() {
        Gates accuracy = new Gates(List.of(Gate.parse("m:accuracy>=0.6")));

        assertThat(accuracy.refusal(snapshot(SPEC, "", 10, 0, metrics(10, 0.5))))
                .isEqualTo("accuracy: none over 10 samples (expected: >= 0.6)");
        assertThat(accuracy.refusal(snapshot(SPEC, "", 10, 0, null)))
                .isEqualTo("metrics: none (expected: those that m:accuracy>=0.6 needs)");
        assertThat(refusal(0, 0)).isEqualTo("loss: NaN over 0 samples (expected: <= 0.7)");
        assertThat(refusal(10, Double.NaN)).isEqualTo("loss: NaN over 10 samples (expected: <= 0.7)");
    }

    @Test
    void explains_an_invalid_gate() {
        assertThat(Gate.parse(" m : top_k_accuracy >= 0.5")).hasToString("m:top_k_accuracy>=0.5");
        assertThatThrownBy(() -> Gate.parse("m:loss<0.7"))
                .hasMessage("m:loss<0.7 (expected: MODEL:METRIC<=NUMBER or MODEL:METRIC>=NUMBER)");
        assertThatThrownBy(() -> Gate.parse("m:auc>=0.7"))
                .hasMessage(
                        "m:auc>=0.7: auc (expected: one of loss, accuracy, log_loss, mae, rmse, iou, top_k_accuracy)");
        assertThatThrownBy(() -> Gate.parse("m:loss<=x")).hasMessage("m:loss<=x: x (expected: a number)");
        assertThatThrownBy(() -> Gate.parse("m:loss<=NaN")).hasMessage("m:loss<=NaN: NaN (expected: a number)");
    }

    private @Nullable String refusal(long samples, double loss) {
        return gates.refusal(snapshot(SPEC, "", samples, 0, metrics(samples, loss)));
    }

    /** Returns metrics whose squared error is the loss. */
    private static Metrics metrics(long samples, double loss) {
        return new Metrics(samples, Map.of(Metric.LOSS, loss, Metric.RMSE, Math.sqrt(loss)));
    }

    private static Snapshot snapshot(
            ModelSpec spec, String key, long version, long firstOffset, @Nullable Metrics metrics) {
        Lineage lineage = new Lineage(
                new int[] {0},
                new long[] {firstOffset},
                new long[] {firstOffset + version},
                version,
                version,
                List.of());
        return new Snapshot(
                spec,
                key,
                version,
                version,
                new float[spec.parameterCount()],
                spec.features().standardizer().start(),
                lineage,
                new long[0],
                metrics);
    }
}
