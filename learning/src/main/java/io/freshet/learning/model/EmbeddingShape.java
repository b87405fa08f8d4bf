package io.freshet.learning.model;

/**
 * The inputs of dense layers: numbers, then an embedding for each hashed field.
 *
 * @param numbers of a sample
 * @param fields hashed fields
 * @param buckets rows of the embedding table, shared by all fields
 * @param dimension length of an embedding
 */
public record EmbeddingShape(int numbers, int fields, int buckets, int dimension) {
    /** Returns the number of inputs. */
    public int width() {
        return Math.addExact(numbers, Math.multiplyExact(fields, dimension));
    }

    /** Returns the number of parameters in the embedding table. */
    int table() {
        return buckets * dimension;
    }
}
