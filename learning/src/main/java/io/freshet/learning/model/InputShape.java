package io.freshet.learning.model;

/**
 * What a model sees of a sample.
 *
 * @param numbers numeric features and dense vectors together; of a sequence, in one step
 * @param buckets rows that hashed features share, or 0
 * @param fields hashed fields
 */
public record InputShape(int numbers, int buckets, int fields) {}
