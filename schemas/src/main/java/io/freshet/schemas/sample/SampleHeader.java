package io.freshet.schemas.sample;

/**
 * The part of a sample that is not a named field.
 *
 * @param id given by the producer, or ""
 * @param model name of the only model that the sample is for, or "" for all
 * @param eventTime milliseconds since 1970, UTC; 0 for the timestamp of the Kafka record
 * @param epoch pass over a bounded input, from 0
 */
public record SampleHeader(String id, String model, long eventTime, int epoch) {}
