package io.freshet.learning.network;

import io.freshet.learning.batch.Batch;
import io.freshet.learning.batch.PackedSteps;
import io.freshet.learning.parameters.Gradient;

/**
 * What a sequence sees at each step: numbers, and then the embedding of a word, a row of the table.
 *
 * <p>Grows to the most rows it has seen.
 */
final class StepInputs {
    private final int numbers;
    private final int buckets;
    private final int embedding;
    private final int width;
    private float[] inputs = {};
    /** Of each row, where its word stands in the batch. */
    private int[] entries = {};

    /** @param embedding numbers of a word's embedding, or 0 if there are no words */
    StepInputs(int numbers, int buckets, int embedding) {
        this.numbers = numbers;
        this.buckets = buckets;
        this.embedding = embedding;
        width = numbers + embedding;
    }

    int buckets() {
        return buckets;
    }

    int embedding() {
        return embedding;
    }

    /**
     * Returns the inputs of all rows, rows x width from 0, until the next call.
     *
     * @param first sample of the batch that was packed
     */
    float[] gather(float[] state, Batch batch, int first, PackedSteps steps) {
        if (entries.length < steps.rows()) {
            inputs = new float[steps.rows() * width];
            entries = new int[steps.rows()];
        }
        for (int t = 0; t < steps.longest(); t++) {
            for (int row = steps.start(t); row < steps.start(t + 1); row++) {
                int sample = first + steps.sample(row);
                int from = (sample * steps.longest() + t) * numbers;
                System.arraycopy(batch.matrix(), from, inputs, row * width, numbers);
                if (embedding > 0) {
                    entries[row] = batch.from(sample) + t;
                    System.arraycopy(state, word(batch, row) * embedding, inputs, row * width + numbers, embedding);
                }
            }
        }
        return inputs;
    }

    /** Returns the row of the table; the encoder's rows start behind the bias and the numbers of a step. */
    private int word(Batch batch, int row) {
        return batch.rows()[entries[row]] - (1 + numbers);
    }

    /**
     * Adds the gradient of the words that were gathered.
     *
     * @param delta dLoss/dembedding of each row, rows x embedding
     */
    void scatter(float[] delta, Batch batch, PackedSteps steps, Gradient gradient) {
        gradient.reserve(Math.min(steps.rows(), buckets));
        for (int row = 0; row < steps.rows(); row++) {
            int at = gradient.at(word(batch, row));
            float[] sums = gradient.values();
            for (int k = 0; k < embedding; k++) {
                sums[at + k] += delta[row * embedding + k];
            }
        }
    }

    /** Returns where the numbers end and the embedding starts. */
    int numbers() {
        return numbers;
    }
}
