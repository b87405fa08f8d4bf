package io.freshet.learning.model;

import io.freshet.learning.math.ThreadTeam;

/**
 * A stack of dense layers: forward from a matrix of inputs to logits, and back.
 *
 * <p>Its parameters are contiguous in a state laid out by slot, and in the dense part of the gradient. Scratch space
 * grows to the largest number of rows; from then on nothing is allocated. Not thread-safe.
 */
final class DenseStack {
    private final DenseLayer[] layers;
    private float[] delta = {};

    /**
     * @param at index of the first parameter
     * @param seed of dropout
     */
    DenseStack(DenseShape shape, int at, long seed, ThreadTeam team) {
        int hidden = shape.hidden().size();
        layers = new DenseLayer[hidden + 1];
        int from = at;
        int width = shape.in();
        for (int i = 0; i < hidden; i++) {
            int units = shape.hidden().get(i);
            Dropout dropout = shape.dropout() > 0 ? new Dropout(shape.dropout(), seed, DenseShape.name(i)) : null;
            layers[i] = new DenseLayer(width, units, from, shape.activation(), dropout, team);
            from += (width + 1) * units;
            width = units;
        }
        layers[hidden] = new DenseLayer(width, shape.outputs(), from, Activation.IDENTITY, null, team);
    }

    /**
     * Returns the logits of rows, rows x outputs from index 0; valid until the next call.
     *
     * @param x inputs, rows x in from {@code xAt}; must not change before {@link #backward}
     * @param update number of this update, or {@link Network#PREDICT}
     * @param first index in the batch of the first row; with the update, determines the dropped units
     */
    float[] forward(float[] state, float[] x, int xAt, int rows, long update, long first) {
        float[] y = x;
        int at = xAt;
        for (DenseLayer layer : layers) {
            y = layer.forward(state, y, at, rows, update, first);
            at = 0;
        }
        return y;
    }

    /**
     * Adds the gradient of the rows of the last {@link #forward} to the dense part.
     *
     * @param outputDelta dLoss/dlogit, rows x outputs; may be changed; {@link #inputDelta} reads it again
     * @param beta from {@link Gradient#openDense}
     * @return an upper bound on the magnitudes added; NaN or infinite if unknown
     */
    float backward(float[] state, float[] outputDelta, Gradient gradient, float beta) {
        delta = outputDelta;
        float bound = layers[layers.length - 1].backward(delta, gradient, beta);
        for (int i = layers.length - 2; i >= 0; i--) {
            delta = layers[i + 1].inputDelta(state, delta, 0);
            bound = Math.max(bound, layers[i].backward(delta, gradient, beta));
        }
        return bound;
    }

    /**
     * Returns dLoss/dX of the rows of the last {@link #backward}, rows x (in - from) from index 0; valid until the next
     * call.
     *
     * @param from first input to return
     */
    float[] inputDelta(float[] state, int from) {
        return layers[0].inputDelta(state, delta, from);
    }
}
