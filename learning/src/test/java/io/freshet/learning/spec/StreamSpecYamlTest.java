package io.freshet.learning.spec;

import static io.freshet.learning.spec.SpecYamlTest.SMALLEST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.yaml.SpecException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Would catch a field of publishing, order, or the stream that is lost or read differently. */
class StreamSpecYamlTest {
    @Test
    void a_warm_start_changes_the_hash_but_not_the_state_hash() {
        ModelSpec cold = ModelSpec.parse(SMALLEST);
        WarmStartReference warmStart = new WarmStartReference("other", 12_000, "0123456789012345");
        ModelSpec warm = cold.withStream(cold.stream().withWarmStart(warmStart));
        assertThat(ModelSpec.parse(warm.toYaml())).isEqualTo(warm);
        assertThat(warm.hash()).isNotEqualTo(cold.hash());
        assertThat(warm.stateHash()).isEqualTo(cold.stateHash());
        assertThat(warm.withStream(warm.stream().withWarmStart(null)).toYaml()).isEqualTo(cold.toYaml());
        assertThat(cold.changes(warm))
                .asString()
                .isEqualTo("[warmStart: none -> {model=other, version=12000, checksum=0123456789012345}]");
    }

    @Test
    void the_minimum_time_between_snapshots_is_written() {
        assertThat(ModelSpec.parse(SMALLEST).publish().minimumMillis()).isEqualTo(100);
        assertThat(ModelSpec.parse(SMALLEST).toYaml()).contains("minimumMillis: 100");
        assertThat(ModelSpec.parse(SMALLEST + "publish: {minimumMillis: 100}").hash())
                .isEqualTo(ModelSpec.parse(SMALLEST).hash());
        ModelSpec unlimited = ModelSpec.parse(SMALLEST + "publish: {minimumMillis: 0}");
        assertThat(unlimited.publish().minimumMillis()).isZero();
        assertThat(ModelSpec.parse(unlimited.toYaml())).isEqualTo(unlimited);
        assertThat(unlimited.hash()).isNotEqualTo(ModelSpec.parse(SMALLEST).hash());
        assertThat(unlimited.stateHash()).isEqualTo(ModelSpec.parse(SMALLEST).stateHash());
    }

    @Test
    void restore_is_written() {
        String stopping = SMALLEST + "holdout: 0.5\nearlyStopping: {patience: 2%s}";
        ModelSpec best = ModelSpec.parse(stopping.formatted(""));
        assertThat(best.training().earlyStopping().restoreBest()).isTrue();
        assertThat(ModelSpec.parse(stopping.formatted(", restore: best")).hash())
                .isEqualTo(best.hash());
        ModelSpec last = ModelSpec.parse(stopping.formatted(", restore: last"));
        assertThat(last.training().earlyStopping().restoreBest()).isFalse();
        assertThat(ModelSpec.parse(last.toYaml())).isEqualTo(last);
        assertThat(last.hash()).isNotEqualTo(best.hash());
    }

    @Test
    void top_k_is_written() {
        String classes = SMALLEST.replace("mean-squared-error", "sparse-categorical-cross-entropy") + "outputs: 5\n";
        ModelSpec without = ModelSpec.parse(classes);
        assertThat(ModelSpec.parse(classes + "evaluation: {topK: 0}").hash()).isEqualTo(without.hash());
        ModelSpec top = ModelSpec.parse(classes + "evaluation: {topK: 4}");
        assertThat(top.reporting().topK()).isEqualTo(4);
        assertThat(ModelSpec.parse(top.toYaml())).isEqualTo(top);
        assertThat(top.hash()).isNotEqualTo(without.hash());
        assertThat(top.stateHash()).isEqualTo(without.stateHash());
        assertThatThrownBy(() -> ModelSpec.parse(classes + "evaluation: {topK: 5}"))
                .hasMessage("evaluation.topK: 5 (expected: up to 4, fewer than the classes)");
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "250ms, 250", "3s, 3000", "1500ms, 1500", "60m, 3600000", "24h, 86400000"})
    void reads_and_writes_durations(String text, long millis) {
        ModelSpec spec = ModelSpec.parse(SMALLEST + "deduplicate: " + text);
        assertThat(spec.stream().deduplicateMillis()).isEqualTo(millis);
        assertThat(ModelSpec.parse(spec.toYaml())).isEqualTo(spec);
    }

    @Test
    void time_to_live_is_at_least_the_deduplication_time() {
        String keyed = SMALLEST + "key: k\ndeduplicate: 1h\n";
        assertThat(ModelSpec.parse(keyed + "timeToLive: 1h").stream().timeToLiveMillis())
                .isEqualTo(3_600_000);
        assertThatThrownBy(() -> ModelSpec.parse(keyed + "timeToLive: 30m"))
                .isInstanceOf(SpecException.class)
                .hasMessage(
                        "timeToLive: 30m (expected: 0, or at least deduplicate, 1h, since ids are forgotten with the model)");
    }

    @Test
    void reads_strict_order() {
        assertThat(ModelSpec.parse(SMALLEST + "order: strict").stream().order())
                .isEqualTo(new OrderSpec(true, 100, 10_000));
        ModelSpec spec = ModelSpec.parse(SMALLEST + "order: {type: strict, count: 5, idle: 0}");
        assertThat(spec.stream().order()).isEqualTo(new OrderSpec(true, 5, 0));
        assertThat(ModelSpec.parse(spec.toYaml())).isEqualTo(spec);
    }
}
