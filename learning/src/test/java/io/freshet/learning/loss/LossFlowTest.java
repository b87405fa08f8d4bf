package io.freshet.learning.loss;

import static io.freshet.learning.Golden.assertClose;
import static io.freshet.learning.math.Transcendental.exp;
import static io.freshet.learning.math.Transcendental.expm1;
import static io.freshet.learning.math.Transcendental.log;
import static io.freshet.learning.math.Transcendental.log1p;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Would catch a step of a heavy sample that goes another way than many light ones, or past the minimum. */
class LossFlowTest {
    private static final long SEED = 20261202;
    private static final List<PointwiseLoss> ALL = TestLosses.allWithVariants().stream()
            .filter(PointwiseLoss.class::isInstance)
            .map(PointwiseLoss.class::cast)
            .toList();

    /** Both together define the solution of the differential equation. */
    @ParameterizedTest
    @FieldSource("ALL")
    void starts_along_the_slope_and_two_ways_in_turn_are_one(PointwiseLoss loss) {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int trial = 0; trial < 2000; trial++) {
            double z = random.nextDouble(-6, 6);
            double y = label(loss, random);
            double first = Math.pow(10, random.nextDouble(-4, 2));
            double second = Math.pow(10, random.nextDouble(-4, 2));
            String what = "%s, seed %d, trial %d: z %s, y %s, times %s and %s"
                    .formatted(loss, SEED, trial, z, y, first, second);

            assertClose(loss.follow(z, y, 1e-9) / 1e-9, -loss.slope(z, y), 1e-5, 1e-12, what);
            double half = loss.follow(z, y, first);
            double whole = loss.follow(z, y, first + second);
            assertClose(half + loss.follow(z + half, y, second), whole, 1e-9, 1e-9, what);
        }
    }

    @ParameterizedTest
    @FieldSource("ALL")
    void never_passes_the_minimum_from_wherever_and_for_however_long(PointwiseLoss loss) {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int trial = 0; trial < 20_000; trial++) {
            double z = extreme(random, 12);
            double y = label(loss, random);
            double time = Math.pow(10, random.nextDouble(-60, 60));
            String what = "%s, seed %d, trial %d: z %s, y %s, time %s".formatted(loss, SEED, trial, z, y, time);

            double way = loss.follow(z, y, time);

            assertThat(way).as(what).isFinite();
            double slope = loss.slope(z, y);
            assertThat(way * slope).as(what).isLessThanOrEqualTo(0);
            // Rounding may leave it an ulp beyond.
            double near = z + way - Math.copySign(1e-9 * (1 + Math.abs(z) + Math.abs(way)), way);
            assertThat(way == 0 || loss.slope(near, y) * slope >= 0)
                    .as(what + ", way " + way)
                    .isTrue();
        }
    }

    @Test
    void the_logistic_way_solves_its_equation_to_12_digits() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int trial = 0; trial < 20_000; trial++) {
            double m = random.nextDouble(-30, 30);
            double time = Math.pow(10, random.nextDouble(-12, 12));
            double way = new BinaryCrossEntropy().follow(m, 1, time);
            String what = "seed %d, trial %d: m %s, time %s".formatted(SEED, trial, m, time);
            // Its error is at least that of the way.
            double reached = way + exp(m) * expm1(way);
            double speed = 1 + exp(m + way);
            assertClose(way - (reached - time) / speed, way, 1e-12, 0, what);
            assertThat(new BinaryCrossEntropy().follow(-m, 0, time)).as(what).isEqualTo(-way);
        }
    }

    /** Would catch an iteration that ends too early, which changes learned bits. */
    @Test
    void the_logistic_way_has_the_bits_of_an_iteration_whose_last_step_is_computed() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int trial = 0; trial < 300_000; trial++) {
            double z = random.nextDouble(-80, 80);
            double y = trial % 3 == 0 ? random.nextDouble() : trial % 3 - 1;
            double time = Math.pow(10, random.nextDouble(-12, 12));
            double slope = new BinaryCrossEntropy().slope(z, y);
            double expected = slope < 0 ? rise(z, y, 1 - y, time) : slope > 0 ? -rise(-z, 1 - y, y, time) : 0;
            assertThat(new BinaryCrossEntropy().follow(z, y, time))
                    .as("seed %d, trial %d: z %s, y %s, time %s", SEED, trial, z, y, time)
                    .isEqualTo(expected);
        }
    }

    /** The way for y above p, by Newton's method, until a step is below 1e-13 of it. */
    private static double rise(double z, double y, double other, double time) {
        double power = Math.min(exp(z), 0x1p1000);
        double gap = y - other * power;
        double most = -integral(-y * time, other);
        if (!(gap > 0 && most > 0)) {
            return 0;
        }
        double odds = log(gap) + log(most) - z;
        double way = Math.min(y * time, Math.max(odds, 0) + log1p(exp(-Math.abs(odds))));
        for (int i = 0; i < 60; i++) {
            double moved = exp(z + way);
            double grown = way < 1 ? power * expm1(way) : moved - power;
            double behind = way - y * time;
            double step = (grown / gap + integral(behind, other)) / (moved / gap + exp(other * behind));
            if (!(step > 1e-13 * way)) {
                break;
            }
            way = Math.max(0, way - step);
        }
        return way;
    }

    private static double integral(double x, double other) {
        return other > 0 ? expm1(other * x) / other : x;
    }

    /** Its margin has the sum of both speeds. */
    @Test
    void a_softmax_of_two_outputs_is_logistic() {
        SplittableRandom random = new SplittableRandom(SEED);
        double[] ways = new double[2];
        SoftmaxFlow flow = new SoftmaxFlow(2);
        for (int trial = 0; trial < 2000; trial++) {
            float[] logits = {(float) random.nextDouble(-20, 20), (float) random.nextDouble(-20, 20)};
            double[] speeds = {Math.pow(10, random.nextDouble(-3, 3)), Math.pow(10, random.nextDouble(-3, 3))};
            double time = Math.pow(10, random.nextDouble(-6, 8));
            double y = trial % 2 == 0 ? random.nextInt(2) : (float) random.nextDouble(0.05, 0.95);
            String what = "seed %d, trial %d".formatted(SEED, trial);

            if (trial % 2 == 0) {
                flow.follow(logits, new float[] {(float) y}, true, speeds, time, ways);
            } else {
                flow.follow(logits, new float[] {(float) (1 - y), (float) y}, false, speeds, time, ways);
            }

            double margin = (double) logits[1] - logits[0];
            double way = new BinaryCrossEntropy().follow(margin, y, (speeds[0] + speeds[1]) * time);
            assertClose(ways[1] - ways[0], way, 1e-5, 1e-6, what);
            assertClose(ways[1] / speeds[1], -ways[0] / speeds[0], 1e-9, 0, what);
        }
    }

    @Test
    void a_softmax_stays_finite_and_its_loss_falls() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int trial = 0; trial < 2000; trial++) {
            int outputs = random.nextInt(2, 12);
            SoftmaxFlow flow = new SoftmaxFlow(outputs);
            float[] logits = new float[outputs];
            double[] speeds = new double[outputs];
            for (int k = 0; k < outputs; k++) {
                logits[k] = (float) extreme(random, trial % 2 == 0 ? 30 : 2);
                speeds[k] = random.nextInt(4) == 0 ? 0 : Math.pow(10, random.nextDouble(-20, 20));
            }
            boolean isClass = random.nextBoolean();
            float[] label = new float[isClass ? 1 : outputs];
            label[0] = isClass ? random.nextInt(outputs) : 0.75f;
            label[label.length - 1] += isClass ? 0 : 0.25f;
            Loss loss = isClass ? new SparseCategoricalCrossEntropy() : new CategoricalCrossEntropy();
            double before = value(loss, logits, label);
            double[] ways = new double[outputs];

            flow.follow(logits, label, isClass, speeds, Math.pow(10, random.nextDouble(-20, 30)), ways);

            for (int k = 0; k < outputs; k++) {
                assertThat(ways[k]).as("seed %d, trial %d", SEED, trial).isFinite();
                logits[k] += (float) ways[k];
            }
            assertThat(value(loss, logits, label))
                    .as("seed %d, trial %d", SEED, trial)
                    .isLessThanOrEqualTo(before + 1e-5 * Math.abs(before) + 1e-6);
        }
    }

    private static double value(Loss loss, float[] logits, float[] label) {
        int outputs = logits.length;
        OutputArrays arrays = new OutputArrays(logits.clone(), new float[outputs], new float[outputs]);
        return loss.evaluate(arrays, 0, outputs, label, 0);
    }

    private static double extreme(SplittableRandom random, int digits) {
        return (random.nextBoolean() ? 1 : -1) * Math.pow(10, random.nextDouble(-6, digits));
    }

    private static double label(PointwiseLoss loss, SplittableRandom random) {
        return switch (loss.task()) {
            case MARGIN -> random.nextInt(2);
            case BINARY -> random.nextInt(3) > 0 ? random.nextInt(2) : (float) random.nextDouble();
            default -> {
                double size = Math.pow(10, random.nextDouble(-3, 1));
                boolean negative = loss.labelExpectation(new float[] {-1}, 1) == null && random.nextBoolean();
                yield random.nextInt(5) == 0 ? 0 : negative ? -size : size;
            }
        };
    }
}
