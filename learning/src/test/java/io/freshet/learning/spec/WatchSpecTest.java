package io.freshet.learning.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.yaml.SpecException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a detector that is enabled by default, and a setting that is read under another name. */
class WatchSpecTest {
    private static final DetectorSpec.Divergence TENFOLD = new DetectorSpec.Divergence(10, 1e-3, 1000);

    @Test
    void watches_only_divergence_by_default() {
        for (String watch : List.of("{}", "{drift: none}", "{divergence: 10}", "{plateau: 0}")) {
            assertThat(parse(watch)).as(watch).isEqualTo(new WatchSpec(null, TENFOLD, null));
        }
        assertThat(WatchSpec.DEFAULT).isEqualTo(parse("{}"));
    }

    @Test
    void reads_every_field() {
        assertThat(parse("{drift: adwin, divergence: 0, plateau: 5}"))
                .isEqualTo(new WatchSpec(new DetectorSpec.Adwin(0.002, 32), null, new DetectorSpec.Plateau(5, 1e-4)));
        assertThat(parse("{drift: page-hinkley, divergence: {}, plateau: {}}"))
                .isEqualTo(new WatchSpec(
                        new DetectorSpec.PageHinkley(0.005, 50, 0.9999, 30),
                        TENFOLD,
                        new DetectorSpec.Plateau(10, 1e-4)));
        assertThat(parse(
                        "{drift: {type: page-hinkley, delta: 0, threshold: 1, alpha: 1, minimum: 2}, divergence: 1.5}"))
                .isEqualTo(new WatchSpec(
                        new DetectorSpec.PageHinkley(0, 1, 1, 2), new DetectorSpec.Divergence(1.5, 1e-3, 1000), null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{drift: adwin, divergence: 0, plateau: 5}",
                "{drift: {type: adwin, delta: 0.5, clock: 1}, divergence: {factor: 2, floor: 1e-9}}",
                "{drift: {type: page-hinkley, threshold: 7}, plateau: {patience: 3, threshold: 0.5}}"
            })
    void reads_back_equal_and_names_the_detectors(String watch) {
        ModelSpec spec = spec(watch);
        assertThat(ModelSpec.parse(spec.toYaml())).isEqualTo(spec);
        for (DetectorSpec detector : Arrays.asList(
                spec.watch().drift(), spec.watch().divergence(), spec.watch().plateau())) {
            if (detector != null) {
                assertThat(WatchSpec.DETECTORS.fields(detector))
                        .containsEntry("type", detector.detector().name());
            }
        }
    }

    @Test
    void does_not_change_the_state_hash() {
        assertThat(spec("{drift: adwin}").stateHash()).isEqualTo(spec("{}").stateHash());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            adwin                                  | watch: adwin (expected: a mapping {field: value})
            {drift: ddm}                           | watch.drift: ddm (expected: one of adwin, none, page-hinkley, or {type: ..., ...})
            {drift: {delta: 0.1}}                  | watch.drift.delta: unknown field (expected: one of type)
            {drift: {type: none, delta: 0.1}}      | watch.drift.delta: unknown field (expected: one of type)
            {drift: {type: adwin, delta: 1}}       | watch.drift.delta: 1 (expected: in (0, 1))
            {drift: {type: adwin, clock: 0}}       | watch.drift.clock: 0 (expected: a whole number from 1 to 2^31 - 1)
            {drift: {type: adwin, alpha: 1}}       | watch.drift.alpha: unknown field (expected: one of type, delta, clock)
            {drift: {type: page-hinkley, threshold: 0}} | watch.drift.threshold: 0 (expected: in (0, 1e100])
            {drift: {type: page-hinkley, alpha: 0}} | watch.drift.alpha: 0 (expected: in (0, 1])
            {divergence: 1}                        | watch.divergence: 1 (expected: > 1, or 0 for none)
            {divergence: none}                     | watch.divergence: none (expected: a number > 1, or 0 for none)
            {divergence: {factor: 1}}              | watch.divergence.factor: 1 (expected: > 1)
            {divergence: {factor: .inf}}           | watch.divergence.factor: Infinity (expected: > 1)
            {divergence: {floor: 0}}               | watch.divergence.floor: 0 (expected: > 0)
            {plateau: -1}                          | watch.plateau: -1 (expected: a whole number from 1 to 2^31 - 1, or 0 for none)
            {plateau: {patience: 0}}               | watch.plateau.patience: 0 (expected: a whole number from 1 to 2^31 - 1)
            {plateau: {threshold: 1}}              | watch.plateau.threshold: 1 (expected: in [0, 1))
            {drifts: adwin}                        | watch.drifts: unknown field (expected: drift?)
            """)
    void names_the_path_of_an_invalid_value(String watch, String message) {
        assertThatThrownBy(() -> parse(watch)).isInstanceOf(SpecException.class).hasMessage(message);
    }

    private static WatchSpec parse(String watch) {
        return spec(watch).watch();
    }

    private static ModelSpec spec(String watch) {
        return ModelSpec.parse("""
                name: test
                label: y
                features: {numeric: [a]}
                loss: mean-squared-error
                watch: %s
                """.formatted(watch));
    }
}
