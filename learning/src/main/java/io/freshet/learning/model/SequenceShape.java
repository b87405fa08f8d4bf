package io.freshet.learning.model;

/**
 * The sizes of a network for sequences.
 *
 * @param numbers of a step
 * @param buckets rows of the embedding table; 0 without words
 * @param embedding length of a word's embedding; 0 without words
 * @param hidden length of the cell's state, H
 * @param outputs logits of a step, K
 * @param steps of the longest sequence
 */
public record SequenceShape(int numbers, int buckets, int embedding, int hidden, int outputs, int steps) {
    /** Returns the number of inputs of a step. */
    public int width() {
        return numbers + embedding;
    }

    /** Returns the number of parameters in the embedding table. */
    public int table() {
        return buckets * embedding;
    }
}
