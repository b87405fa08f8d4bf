package io.freshet.learning.evaluation;

/**
 * How the updates of a window went.
 *
 * @param updates steps of the optimizer
 * @param learningRate of the last one
 * @param gradientNorm mean Euclidean norm of the gradient before clipping, of the updates measured
 * @param updateNorm mean Euclidean norm of the change of the parameters, of the updates measured
 * @param clippedShare share of updates whose gradient was clipped, 0 to 1
 * @param rejectedShare share of samples refused for their gradient, 0 to 1
 */
public record UpdateMetrics(
        long updates,
        double learningRate,
        double gradientNorm,
        double updateNorm,
        double clippedShare,
        double rejectedShare) {}
