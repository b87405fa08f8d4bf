package io.freshet.job.specs;

/**
 * A specification in the state of the job that this version refuses, though an earlier one accepted it.
 *
 * @param hash of the specification, as samples encoded with it have
 * @param reason names the field, the value, and what was expected
 */
public record RefusedSpec(String model, String hash, String reason) {}
