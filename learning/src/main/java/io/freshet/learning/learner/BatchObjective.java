package io.freshet.learning.learner;

import io.freshet.learning.model.Gradient;
import io.freshet.learning.model.StateLayout;
import io.freshet.learning.optimizer.Objective;
import java.util.Arrays;
import java.util.function.DoubleSupplier;

/**
 * The mean loss of a whole batch with its L2 penalty, as a function of the parameters.
 *
 * <pre>
 *   f(theta) = sum_i w_i / W * L_i(theta) + l2 / 2 * sum theta^2        gradient: of the mean loss, + l2 * theta
 * </pre>
 *
 * Penalizes all parameters, including those that no sample of the batch touches. The first call returns the loss and gradient
 * that the learner has already computed. Requires contiguous parameters.
 */
final class BatchObjective implements Objective {
    private final float[] weights;
    private final StateLayout layout;
    private final Gradient mean;
    private final double l2;
    private final double firstLoss;
    private final DoubleSupplier again;
    private boolean first = true;

    /**
     * @param mean gradient of the mean loss, refilled by {@code again}
     * @param firstLoss mean loss at the current parameters
     * @param again recomputes mean loss and gradient at the current parameters
     */
    BatchObjective(
            float[] weights, StateLayout layout, Gradient mean, double l2, double firstLoss, DoubleSupplier again) {
        this.weights = weights;
        this.layout = layout;
        this.mean = mean;
        this.l2 = l2;
        this.firstLoss = firstLoss;
        this.again = again;
    }

    @Override
    public double evaluate(float[] gradient) {
        double loss = first ? firstLoss : again.getAsDouble();
        first = false;
        Arrays.fill(gradient, 0);
        int width = mean.width();
        for (int i = 0; i < mean.count(); i++) {
            System.arraycopy(mean.values(), i * width, gradient, mean.rows()[i] * layout.stride(), width);
        }
        System.arraycopy(mean.dense(), 0, gradient, mean.denseFrom(), mean.dense().length);
        return l2 == 0 ? loss : loss + penalize(gradient);
    }

    private double penalize(float[] gradient) {
        double squares = 0;
        for (int i = 0; i < gradient.length; i++) {
            double theta = weights[i];
            squares += theta * theta;
            gradient[i] = (float) (gradient[i] + l2 * theta);
        }
        return l2 / 2 * squares;
    }
}
