package io.freshet.learning.evaluation;

/**
 * The metrics of a window's updates.
 *
 * @param updates number of steps of the optimizer
 * @param learningRate of the last update
 * @param gradientNorm mean Euclidean norm of the gradient before clipping, over the measured updates
 * @param updateNorm mean Euclidean norm of the parameter change, over the measured updates
 * @param clippedShare share of updates whose gradient was clipped, 0 to 1
 * @param rejectedShare share of samples rejected for their gradient, 0 to 1
 */
public record UpdateMetrics(
        long updates,
        double learningRate,
        double gradientNorm,
        double updateNorm,
        double clippedShare,
        double rejectedShare) {}
