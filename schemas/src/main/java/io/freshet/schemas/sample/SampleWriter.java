package io.freshet.schemas.sample;

import io.freshet.schemas.avro.WireFormat;
import io.freshet.wire.Sample;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes samples in Avro's single-object encoding, for producers in Java.
 *
 * <p>Not for a hot path; thread-safe.
 */
public final class SampleWriter {
    private final WireFormat<Sample> format = new WireFormat<>(Sample.getClassSchema(), List.of());

    /**
     * Returns the bytes of a sample without vectors.
     *
     * @param id identity, or ""
     * @param model name of the only model that it is for, or "" for all
     * @param eventTime milliseconds since 1970, or 0 for the time stamp of the Kafka record
     * @param numbers number fields by name, written in the map's order
     * @param texts text fields by name, written in the map's order
     */
    public byte[] write(
            String id, String model, long eventTime, Map<String, Double> numbers, Map<String, String> texts) {
        return write(id, model, eventTime, numbers, texts, Map.of(), 0);
    }

    /**
     * Returns the bytes of a sample.
     *
     * @param id identity, or ""
     * @param model name of the only model that it is for, or "" for all
     * @param eventTime milliseconds since 1970, or 0 for the time stamp of the Kafka record
     * @param numbers number fields by name, written in the map's order
     * @param texts text fields by name, written in the map's order
     * @param vectors vector fields by name, written in the map's order
     * @param epoch pass over a bounded input, from 0
     */
    public byte[] write(
            String id,
            String model,
            long eventTime,
            Map<String, Double> numbers,
            Map<String, String> texts,
            Map<String, float[]> vectors,
            int epoch) {
        Map<String, List<Float>> boxed = new LinkedHashMap<>();
        vectors.forEach((name, vector) -> boxed.put(name, boxed(vector)));
        return format.write(new Sample(id, model, Instant.ofEpochMilli(eventTime), numbers, texts, boxed, epoch));
    }

    private static List<Float> boxed(float[] vector) {
        List<Float> list = new ArrayList<>(vector.length);
        for (float x : vector) {
            list.add(x);
        }
        return list;
    }
}
