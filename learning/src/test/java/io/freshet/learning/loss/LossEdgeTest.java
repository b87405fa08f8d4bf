package io.freshet.learning.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.TestSpecs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch 0 / 0, and a gradient that moves a perfect prediction. */
class LossEdgeTest {
    @ParameterizedTest
    @ValueSource(strings = {"dice", "iou"})
    void perfect_and_empty_masks_have_loss_0_and_no_gradient(String name) {
        float[] gradient = new float[3];
        Loss loss = TestSpecs.loss(name);
        assertThat(evaluate(loss, gradient, new float[] {1e4f, -1e4f, 1e4f}, 1, 0, 1))
                .isZero();
        assertThat(isZero(gradient)).isTrue();
        assertThat(evaluate(loss, gradient, new float[] {-1e4f, -1e4f, -1e4f}, 0, 0, 0))
                .isZero();
        assertThat(isZero(gradient)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"dice", "iou"})
    void an_entirely_wrong_mask_has_a_loss_near_1(String name) {
        float[] gradient = new float[3];
        double value = evaluate(TestSpecs.loss(name), gradient, new float[] {-1e4f, 1e4f, -1e4f}, 1, 0, 1);
        assertThat(value).isEqualTo(1 - 1 / 4.0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{type: dice, smooth: 1e-300}", "{type: iou, smooth: 1e-300}"})
    void an_empty_mask_does_not_divide_zero_by_zero_at_any_smoothing(String loss) {
        float[] gradient = new float[2];
        assertThat(evaluate(TestLosses.read(loss), gradient, new float[] {-1e4f, -1e4f}, 0, 0))
                .isZero();
        assertThat(isZero(gradient)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"box-iou", "generalized-box-iou"})
    void equal_boxes_have_loss_0_and_no_gradient(String name) {
        float[] gradient = new float[4];
        assertThat(evaluate(TestSpecs.loss(name), gradient, new float[] {1, 2, 4, 6}, 1, 2, 4, 6))
                .isZero();
        assertThat(isZero(gradient)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"box-iou", "generalized-box-iou"})
    void equal_boxes_without_area_have_loss_0_and_no_gradient(String name) {
        float[] gradient = new float[4];
        for (float[] box : new float[][] {{3, 3, 3, 3}, {3, 2, 3, 6}, {2, 3, 6, 3}}) {
            assertThat(evaluate(TestSpecs.loss(name), gradient, box, box)).isZero();
            assertThat(isZero(gradient)).isTrue();
        }
    }

    /** Both have their width at x = 3: an overlap of 2 in 5, and a hull of 6. */
    @Test
    void boxes_of_the_same_zero_width_are_compared_by_their_heights() {
        float[] gradient = new float[4];
        float[] z = {3, 1, 3, 4};
        assertThat(evaluate(new BoxIou(), gradient, z, 3, 2, 3, 6)).isEqualTo(1 - 2 / 5.0);
        assertThat(gradient).usingComparatorWithPrecision(1e-7f).containsExactly(0, -2 / 25f, 0, -1 / 5f);
        assertThat(evaluate(new GeneralizedBoxIou(), gradient, new float[] {3, 0, 3, 1}, 3, 4, 3, 6))
                .isEqualTo(1 + 3 / 6.0);
        assertThat(gradient[0]).isZero();
        assertThat(gradient[3]).as("toward the label").isNegative();
    }

    /** The limit of boxes whose common width goes to 0. */
    @Test
    void a_zero_width_is_the_limit_of_a_small_one() {
        float[] gradient = new float[4];
        for (String name : new String[] {"box-iou", "generalized-box-iou"}) {
            for (float[] heights : new float[][] {{1, 4, 2, 6}, {0, 1, 4, 6}, {2, 5, 1, 9}}) {
                double[] losses = new double[2];
                for (int i = 0; i < 2; i++) {
                    float right = 3 + i * 1e-3f;
                    losses[i] = evaluate(
                            TestSpecs.loss(name),
                            gradient,
                            new float[] {3, heights[0], right, heights[1]},
                            3,
                            heights[2],
                            right,
                            heights[3]);
                }
                assertThat(losses[0]).isCloseTo(losses[1], within(1e-12));
            }
        }
    }

    /** torchvision has 1e-7 in both denominators, which gives a loss of 1 to equal boxes without area. */
    @Test
    void a_box_without_area_and_one_with_area_have_the_loss_of_torchvision() {
        float[] gradient = new float[4];
        double value = evaluate(new GeneralizedBoxIou(), gradient, new float[] {1, 1, 1, 3}, 0, 0, 4, 4);
        assertThat(value).isEqualTo(1);
        value = evaluate(new GeneralizedBoxIou(), gradient, new float[] {5, 1, 5, 3}, 0, 0, 4, 4);
        assertThat(value).isEqualTo(1 + 4 / 20.0);
        assertThat(value).isCloseTo(1 - (0 / (16 + 1e-7) - (20 - 16) / (20 + 1e-7)), within(1e-7));
    }

    @Test
    void only_the_generalized_form_pulls_distant_boxes_together() {
        float[] gradient = new float[4];
        assertThat(evaluate(new BoxIou(), gradient, new float[] {5, 5, 6, 6}, 0, 0, 1, 1))
                .isEqualTo(1);
        assertThat(isZero(gradient)).isTrue();
        assertThat(evaluate(new GeneralizedBoxIou(), gradient, new float[] {5, 5, 6, 6}, 0, 0, 1, 1))
                .isEqualTo(1 + 34 / 36.0);
        assertThat(gradient[0]).isPositive();
        assertThat(gradient[1]).isPositive();
    }

    @Test
    void nan_logits_give_a_nan_loss() {
        for (Loss loss : new Loss[] {new BoxIou(), new GeneralizedBoxIou()}) {
            for (int corner = 0; corner < 4; corner++) {
                float[] logits = {1, 2, 4, 6};
                logits[corner] = Float.NaN;
                assertThat(evaluate(loss, new float[4], logits, 1, 2, 4, 6)).isNaN();
            }
        }
    }

    @Test
    void the_mean_of_a_count_stays_finite_but_its_gradient_exceeds_what_a_learner_accepts() {
        float[] prediction = new float[1];
        float[] gradient = new float[1];
        double value = new Poisson()
                .evaluate(new OutputArrays(new float[] {1e4f}, prediction, gradient), 0, 1, new float[] {3}, 0);
        assertThat(value).isFinite();
        assertThat(prediction[0]).isEqualTo(0x1p126f);
        assertThat(gradient[0]).isEqualTo(0x1p127f);
    }

    @Test
    void a_count_predicted_to_the_bit_has_no_loss() {
        for (int count = 1; count < 1000; count++) {
            float logit = (float) Math.log(count);
            double value = evaluate(new Poisson(), new float[1], new float[] {logit}, count);
            assertThat(value).isCloseTo(0, within(1e-9)).isNotNegative();
        }
    }

    @Test
    void the_loss_of_several_outputs_is_the_mean_of_their_losses() {
        for (Loss loss : TestLosses.allWithVariants()) {
            if (loss.task().isNumber() || loss.task().isBinary()) {
                float[] both = new float[2];
                float[] first = new float[1];
                float[] second = new float[1];
                double value = evaluate(loss, both, new float[] {0.5f, -2}, 1, 0);
                double one = evaluate(loss, first, new float[] {0.5f}, 1);
                double other = evaluate(loss, second, new float[] {-2}, 0);
                assertThat(value).as(loss.name()).isCloseTo((one + other) / 2, within(1e-15));
                assertThat(both).as(loss.name()).containsExactly(first[0] / 2, second[0] / 2);
            }
        }
    }

    @Test
    void no_mean_up_to_0_has_a_finite_logit_of_poisson() {
        for (double mean : new double[] {0, -0.0, -Double.MIN_VALUE, -5, -Double.MAX_VALUE}) {
            assertThat(new Poisson().logit(mean)).as("%s", mean).isEqualTo(Double.NEGATIVE_INFINITY);
        }
        assertThat(new Poisson().logit(1)).isZero();
    }

    private static double evaluate(Loss loss, float[] gradient, float[] logits, float... label) {
        return loss.evaluate(new OutputArrays(logits, new float[logits.length], gradient), 0, logits.length, label, 0);
    }

    private static boolean isZero(float[] gradient) {
        boolean zero = true;
        for (float g : gradient) {
            zero &= g == 0;
        }
        return zero;
    }
}
