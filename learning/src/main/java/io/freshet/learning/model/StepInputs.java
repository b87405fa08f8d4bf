package io.freshet.learning.model;

/**
 * The inputs of each step of a sequence: its numbers, then the embedding of its word, a row of the table.
 *
 * <p>Arrays grow to the largest number of rows.
 */
final class StepInputs {
    private final int numbers;
    private final int buckets;
    private final int embedding;
    private final int width;
    private float[] inputs = {};
    /** The entry in the batch of each row's word. */
    private int[] entries = {};

    /** @param embedding length of a word's embedding; 0 without words */
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
     * Returns the inputs of all rows, rows x width from index 0; valid until the next call.
     *
     * @param first index in the batch of the first packed sample
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

    /**
     * Returns a row of the table. The encoder numbers rows from the bias on, then the numbers of a step, then the
     * table.
     */
    private int word(Batch batch, int row) {
        return batch.rows()[entries[row]] - (1 + numbers);
    }

    /**
     * Adds the gradient of the gathered words.
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

    /** Returns the count of numbers in a step, which is the index where its embedding starts. */
    int numbers() {
        return numbers;
    }
}
