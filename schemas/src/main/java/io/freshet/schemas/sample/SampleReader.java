package io.freshet.schemas.sample;

import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.avro.WireFormat;
import io.freshet.wire.Sample;
import java.util.List;
import java.util.Map;
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
     */
    public record Fields(
            SampleHeader header,
            Map<String, Double> numbers,
            Map<String, String> texts,
            Map<String, List<Float>> vectors) {}

    /**
     * Returns the fields of a sample.
     *
     * @throws MalformedRecordException if the bytes are not a sample of any released schema
     */
    public Fields read(byte[] value) throws MalformedRecordException {
        Sample sample = format.read(value);
        SampleHeader header = new SampleHeader(
                sample.getId(), sample.getModel(), sample.getEventTime().toEpochMilli(), sample.getEpoch());
        return new Fields(
                header,
                new TreeMap<>(sample.getNumbers()),
                new TreeMap<>(sample.getTexts()),
                new TreeMap<>(sample.getVectors()));
    }
}
