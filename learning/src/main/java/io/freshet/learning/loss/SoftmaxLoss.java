package io.freshet.learning.loss;

/** A cross-entropy with the softmax of K logits. */
sealed interface SoftmaxLoss extends Loss permits CategoricalCrossEntropy, SparseCategoricalCrossEntropy {
    @Override
    default Task task() {
        return Task.MULTICLASS;
    }

    @Override
    default boolean isLinearInLabel() {
        return true;
    }

    @Override
    default boolean isConvex() {
        return true;
    }

    @Override
    default int minimumOutputs() {
        return 2;
    }

    @Override
    default void predict(float[] logits, int at, int outputs, float[] predictions) {
        Softmax.predict(logits, at, outputs, predictions);
    }

    @Override
    default boolean invert(float[] predictions, int at, int outputs, float[] logits) {
        return Softmax.invert(predictions, at, outputs, logits);
    }

    /** sum_j -p_j log p_j. */
    @Override
    default double expected(float[] predictions, int at, int outputs) {
        return Softmax.entropy(predictions, at, outputs);
    }
}
