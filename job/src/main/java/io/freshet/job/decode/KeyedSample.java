package io.freshet.job.decode;

import io.freshet.learning.features.Sample;

/**
 * A sample on its way to the learner of one model and key.
 *
 * @param address {@code model/key}: what the stream is keyed by
 * @param spec number of the specification that it was encoded by, the hash of its text
 * @param sample encoded
 */
public record KeyedSample(String address, long spec, Sample sample) {}
