package io.freshet.job.record;

import io.freshet.learning.features.Sample;
import io.freshet.learning.features.SampleId;
import org.jspecify.annotations.Nullable;

/**
 * A sample encoded for one model key.
 *
 * @param modelKey {@code model/key}, which the stream is keyed by
 * @param spec hash of the specification that the sample was encoded with, as a number
 * @param id null unless the model drops duplicates and the record has an id
 */
public record KeyedSample(
        String modelKey, long spec, Sample sample, @Nullable SampleId id) implements TrainerInput {
    /** Creates a sample without an id. */
    public KeyedSample(String modelKey, long spec, Sample sample) {
        this(modelKey, spec, sample, null);
    }
}
