package io.freshet.schemas.sample;

import io.freshet.schemas.avro.WireFormat;
import io.freshet.wire.Sample;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes samples in Avro's single-object encoding, for producers in Java. Not for hot paths. Thread-safe. */
public final class SampleWriter {
    private final WireFormat<Sample> format = new WireFormat<>(Sample.getClassSchema(), List.of());

    /**
     * Returns the bytes of a sample without vectors in epoch 0.
     *
     * @param id given by the producer, or ""
     * @param model name of the only model that the sample is for, or "" for all
     * @param eventTime milliseconds since 1970, UTC; 0 for the timestamp of the Kafka record
     * @param numbers number fields by name, written in the map's order
     * @param texts text fields by name, written in the map's order
     */
    public byte[] write(
            String id, String model, long eventTime, Map<String, Double> numbers, Map<String, String> texts) {
        return write(new SampleHeader(id, model, eventTime, 0), numbers, texts, Map.of());
    }

    /**
     * Returns the bytes of a sample.
     *
     * @param header everything but the named fields
     * @param numbers number fields by name, written in the map's order
     * @param texts text fields by name, written in the map's order
     * @param vectors vector fields by name, written in the map's order
     */
    public byte[] write(
            SampleHeader header, Map<String, Double> numbers, Map<String, String> texts, Map<String, float[]> vectors) {
        return write(header, numbers, texts, vectors, Map.of());
    }

    /**
     * Returns the bytes of a sample.
     *
     * @param header everything but the named fields
     * @param numbers number fields by name, written in the map's order
     * @param texts text fields by name, written in the map's order
     * @param vectors vector fields by name, written in the map's order
     * @param sparse sparse vector fields by name, written in the map's order
     */
    public byte[] write(
            SampleHeader header,
            Map<String, Double> numbers,
            Map<String, String> texts,
            Map<String, float[]> vectors,
            Map<String, SparseVector> sparse) {
        Map<String, List<Float>> boxed = new LinkedHashMap<>();
        vectors.forEach((name, vector) -> boxed.put(name, boxed(vector)));
        Instant eventTime = Instant.ofEpochMilli(header.eventTime());
        Map<String, io.freshet.wire.SparseVector> records = new LinkedHashMap<>();
        sparse.forEach((name, vector) -> records.put(
                name,
                new io.freshet.wire.SparseVector(
                        Arrays.stream(vector.indices()).boxed().toList(),
                        vector.hasOnlyOnes() ? List.of() : boxed(vector.values()))));
        return format.write(new Sample(
                header.id(),
                header.model(),
                eventTime,
                numbers,
                texts,
                boxed,
                header.epoch(),
                records,
                header.stage().number(),
                header.previous()));
    }

    private static List<Float> boxed(float[] vector) {
        List<Float> list = new ArrayList<>(vector.length);
        for (float x : vector) {
            list.add(x);
        }
        return list;
    }
}
