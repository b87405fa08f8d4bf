package io.freshet.schemas.sample;

import io.freshet.learning.features.Stage;
import org.jspecify.annotations.Nullable;

/**
 * The part of a sample that is not a named field.
 *
 * @param id given by the producer, or ""
 * @param model name of the only model that the sample is for, or "" for all
 * @param eventTime milliseconds since 1970, UTC; 0 for the timestamp of the Kafka record
 * @param epoch pass over a bounded input, from 0
 * @param stage what the sample says about its label
 * @param previous the label that a changed sample replaces: a {@code Double}, or the name of a class; null in every other stage
 */
public record SampleHeader(
        String id,
        String model,
        long eventTime,
        int epoch,
        Stage stage,
        @Nullable Object previous) {
    /** Creates the header of a sample whose label is final. */
    public SampleHeader(String id, String model, long eventTime, int epoch) {
        this(id, model, eventTime, epoch, Stage.COMPLETE, null);
    }
}
