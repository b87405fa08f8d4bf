package io.freshet.job.record;

import io.freshet.learning.features.Sample;
import io.freshet.learning.features.SampleId;
import org.jspecify.annotations.Nullable;

/**
 * A sample on its way to the learner of one model and key.
 *
 * @param address {@code model/key}: what the stream is keyed by
 * @param spec number of the specification that it was encoded by, the hash of its text
 * @param sample encoded
 * @param id who the sample is, where the model drops duplicates and the record says
 */
public record KeyedSample(
        String address, long spec, Sample sample, @Nullable SampleId id) {
    /** A sample that nobody asks who it is. */
    public KeyedSample(String address, long spec, Sample sample) {
        this(address, spec, sample, null);
    }
}
