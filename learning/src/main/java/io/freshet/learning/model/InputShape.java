package io.freshet.learning.model;

/**
 * The encoded features of a sample, as a model sees them.
 *
 * @param numbers numeric and dense features together; for a sequence, of one step
 * @param buckets rows of the table that hashed features share; 0 without hashed features
 * @param fields hashed fields
 */
public record InputShape(int numbers, int buckets, int fields) {}
