package io.freshet.learning.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.TestSpecs;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.ScheduleTable;
import io.freshet.learning.spec.TrainingSpec;
import io.freshet.learning.yaml.SpecException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every schedule, with and without warm-up. The build fails if a new one is missing from the table. */
class ScheduleContractTest {
    private static final long SEED = 20260201;

    static Stream<String> schedules() {
        List<String> more = List.of(
                "step, gamma: 1e-3, every: 1",
                "exponential, gamma: 0.5",
                "exponential, gamma: 1",
                "cosine, steps: 1",
                "cosine, steps: 7, minimum: 0.01",
                "cosine, steps: 1000, restarts: true",
                "inverse, tau: 1e-300, power: 10",
                "plateau, gamma: 1e-6, patience: 1, threshold: 0");
        return Stream.concat(ScheduleTable.ALL.names().stream(), more.stream())
                .flatMap(type -> Stream.of(type, type + ", warmup: 1", type + ", warmup: 100"));
    }

    @Test
    void the_table_has_every_schedule() {
        Set<Class<?>> kinds = new HashSet<>();
        schedules().forEach(type -> kinds.add(parse(type).getClass()));
        assertThat(kinds).containsExactlyInAnyOrder(Schedule.class.getPermittedSubclasses());
        ScheduleTable.ALL
                .names()
                .forEach(name -> assertThat(parse(name).name()).as(name).isEqualTo(name));
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void the_rate_is_positive_finite_and_never_above_the_optimizers(String type) {
        Schedule schedule = parse(type);
        double[] memory = schedule.memory();
        long[] points = LongStream.concat(
                        LongStream.range(0, 300),
                        LongStream.rangeClosed(0, 40).map(i -> 1L << i).flatMap(t -> LongStream.of(t - 1, t, t + 1)))
                .toArray();
        for (double base : new double[] {1e-40, 1e-15, 0.01, 1000}) {
            if (schedule.toString().contains("minimum=0.01") && base < 0.01) {
                continue;
            }
            for (long t : points) {
                double rate = schedule.rate(base, t, memory);
                assertThat(rate)
                        .as("%s, base %s, t %d", schedule, base, t)
                        .isPositive()
                        .isFinite()
                        .isLessThanOrEqualTo(base * (1 + 1e-12));
                assertThat((float) rate).as("as a float").isPositive();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void the_rate_stays_positive_for_any_losses(String type) {
        Schedule schedule = parse(type);
        double[] memory = schedule.memory();
        SplittableRandom random = new SplittableRandom(SEED);
        double[] odd = {0, -0.0, -1, 1e300, -1e300, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};
        for (int window = 0; window < 5_000; window++) {
            schedule.endWindow(memory, random.nextInt(4) == 0 ? odd[random.nextInt(odd.length)] : random.nextDouble());
            assertThat(schedule.rate(0.01, window, memory))
                    .as("%s, seed %d, window %d", schedule, SEED, window)
                    .isPositive()
                    .isLessThanOrEqualTo(0.01 * (1 + 1e-12));
        }
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void computing_the_rate_does_not_change_the_memory_and_a_copy_continues_identically(String type) {
        Schedule schedule = parse(type);
        double[] memory = schedule.memory();
        for (int window = 0; window < 10; window++) {
            schedule.endWindow(memory, 1);
            double[] before = memory.clone();
            double rate = schedule.rate(0.1, window, memory);
            assertThat(memory).isEqualTo(before);
            assertThat(parse(type).rate(0.1, window, before)).isEqualTo(rate);
        }
        assertThat(schedule.memory()).as("a new start").isEqualTo(parse(type).memory());
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void yaml_round_trips(String type) {
        ModelSpec spec = ModelSpec.parse("""
                name: test
                label: y
                features: {numeric: [a]}
                loss: mean-squared-error
                optimizer: {type: sgd, learningRate: 0.1}
                schedule: {type: %s}
                """.formatted(type));
        assertThat(ModelSpec.parse(spec.toYaml())).isEqualTo(spec);
        assertThat(spec.training().schedule()).isEqualTo(parse(type));
    }

    @Test
    void a_warm_up_rises_linearly_to_the_initial_rate_of_the_schedule() {
        Schedule schedule = parse("plateau, gamma: 0.5, patience: 1, warmup: 4");
        double[] memory = schedule.memory();
        assertThat(LongStream.range(0, 6).mapToDouble(t -> schedule.rate(0.4, t, memory)))
                .containsExactly(0.1, 0.2, 0.4 * 3 / 4, 0.4, 0.4, 0.4);
        schedule.endWindow(memory, 1);
        schedule.endWindow(memory, 1);
        assertThat(LongStream.range(0, 6).mapToDouble(t -> schedule.rate(0.4, t, memory)))
                .as("a plateau within the warm-up")
                .containsExactly(0.05, 0.1, 0.2 * 3 / 4, 0.2, 0.2, 0.2);
        assertThatThrownBy(() -> new Warmup(schedule, 3)).hasMessageContaining("(expected: one without warm-up)");
    }

    @Test
    void has_these_defaults() {
        assertThat(ScheduleTable.ALL.names().stream().map(ScheduleContractTest::parse))
                .containsExactly(
                        new Constant(),
                        new CosineDecay(100_000, 0, false),
                        new ExponentialDecay(0.9999),
                        new InverseDecay(10_000, 0.5),
                        new PlateauDecay(0.5, 10, 1e-4),
                        new StepDecay(0.5, 10_000));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            linear                       | schedule.type: linear (expected: one of constant, cosine, exponential, inverse, plateau, step)
            constant, gamma: 1           | schedule.gamma: unknown field (expected: one of type, warmup)
            step, gamma: 0               | schedule.gamma: 0 (expected: in (0, 1])
            step, gamma: 1.5             | schedule.gamma: 1.5 (expected: in (0, 1])
            step, every: 0               | schedule.every: 0 (expected: a whole number from 1 to 2^53)
            exponential, gamma: .nan     | schedule.gamma: NaN (expected: in (0, 1])
            cosine, steps: 0             | schedule.steps: 0 (expected: a whole number from 1 to 2^53)
            cosine, steps: 1.5           | schedule.steps: 1.5 (expected: a whole number from 1 to 2^53)
            cosine, minimum: -1          | schedule.minimum: -1 (expected: in [0, 1000])
            cosine, minimum: 0.2         | schedule.minimum: 0.2 (expected: at most optimizer.learningRate, 0.1)
            cosine, restarts: 1          | schedule.restarts: 1 (expected: true or false)
            inverse, tau: 0              | schedule.tau: 0 (expected: > 0)
            inverse, power: 11           | schedule.power: 11 (expected: in (0, 10])
            plateau, gamma: 1            | schedule.gamma: 1 (expected: in (0, 1))
            plateau, patience: 0         | schedule.patience: 0 (expected: a whole number from 1 to 2^31 - 1)
            plateau, threshold: 1        | schedule.threshold: 1 (expected: in [0, 1))
            cosine, warmup: -1           | schedule.warmup: -1 (expected: a whole number from 0 to 2^53)
            cosine, warmUp: 1            | schedule.warmUp: unknown field (expected: warmup?)
            """)
    void errors_for_invalid_values_name_the_path(String type, String message) {
        assertThatThrownBy(() -> parse(type)).isInstanceOf(SpecException.class).hasMessage(message);
    }

    @Test
    void records_reject_what_the_table_rejects() {
        List<Runnable> wrong = Arrays.asList(
                () -> new StepDecay(0, 1),
                () -> new StepDecay(0.5, 0),
                () -> new ExponentialDecay(1.1),
                () -> new CosineDecay(0, 0, false),
                () -> new CosineDecay(1, Double.NaN, false),
                () -> new InverseDecay(0, 1),
                () -> new InverseDecay(1, 0),
                () -> new PlateauDecay(1, 1, 0),
                () -> new PlateauDecay(0.5, 0, 0),
                () -> new PlateauDecay(0.5, 1, 1),
                () -> new Warmup(new Constant(), 0));
        wrong.forEach(each -> assertThatThrownBy(each::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("(expected: "));
    }

    private static Schedule parse(String type) {
        return training(type).schedule();
    }

    private static TrainingSpec training(String type) {
        return TestSpecs.training("optimizer: {type: sgd, learningRate: 0.1}", "schedule: {type: " + type + "}");
    }
}
