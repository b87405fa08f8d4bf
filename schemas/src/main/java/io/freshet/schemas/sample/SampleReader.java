package io.freshet.schemas.sample;

import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.avro.WireFormat;
import io.freshet.wire.Sample;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;

/**
 * Reads all fields of a sample, for tools that print them: the counterpart of {@link SampleWriter}. Not for hot paths.
 * Thread-safe.
 */
public final class SampleReader {
    private final WireFormat<Sample> format = new WireFormat<>(Sample.getClassSchema(), List.of());

    /**
     * The fields of a sample. Each map is sorted by name.
     *
     * @param header everything but the named fields
     * @param numbers number fields
     * @param texts text fields
     * @param vectors vector fields
     * @param sparse sparse vector fields, as texts of {@code index:value} pairs
     */
    public record Fields(
            SampleHeader header,
            Map<String, Double> numbers,
            Map<String, String> texts,
            Map<String, List<Float>> vectors,
            Map<String, String> sparse) {}

    /**
     * Returns the fields of a sample.
     *
     * @throws MalformedRecordException if the bytes are not a sample of any released schema
     */
    public Fields read(byte[] value) throws MalformedRecordException {
        Sample sample = format.read(value);
        SampleHeader header = new SampleHeader(
                sample.getId(),
                sample.getModel(),
                sample.getEventTime().toEpochMilli(),
                sample.getEpoch(),
                InPlaceSampleReader.stage(sample.getStage()),
                sample.getPrevious());
        return new Fields(
                header,
                new TreeMap<>(sample.getNumbers()),
                new TreeMap<>(sample.getTexts()),
                new TreeMap<>(sample.getVectors()),
                sparse(sample.getSparse()));
    }

    private static Map<String, String> sparse(Map<String, io.freshet.wire.SparseVector> vectors)
            throws MalformedRecordException {
        Map<String, String> texts = new TreeMap<>();
        for (Map.Entry<String, io.freshet.wire.SparseVector> vector : vectors.entrySet()) {
            List<Integer> indices = vector.getValue().getIndices();
            List<Float> values = vector.getValue().getValues();
            if (!values.isEmpty() && values.size() != indices.size()) {
                throw InPlaceSampleReader.sparseLengths(indices.size(), values.size());
            }
            StringJoiner text = new StringJoiner(" ");
            for (int i = 0; i < indices.size(); i++) {
                text.add(indices.get(i) + ":" + (values.isEmpty() ? "1" : values.get(i)));
            }
            texts.put(vector.getKey(), text.toString());
        }
        return texts;
    }
}
