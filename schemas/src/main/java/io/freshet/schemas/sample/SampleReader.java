package io.freshet.schemas.sample;

import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.avro.WireFormat;
import io.freshet.wire.Sample;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads all fields of a sample, whatever their names: the counterpart of {@link SampleWriter}, for tools that show them.
 *
 * <p>Not for a hot path; thread-safe.
 */
public final class SampleReader {
    private final WireFormat<Sample> format = new WireFormat<>(Sample.getClassSchema(), List.of());

    /**
     * A sample by its fields.
     *
     * @param id identity, or ""
     * @param model name of the only model that it is for, or "" for all
     * @param eventTime milliseconds since 1970, or 0 for the time stamp of the Kafka record
     * @param numbers number fields, in the order of their names
     * @param texts text fields, in the order of their names
     * @param vectors vector fields, in the order of their names
     * @param epoch pass over a bounded input, from 0
     */
    public record Fields(
            String id,
            String model,
            long eventTime,
            Map<String, Double> numbers,
            Map<String, String> texts,
            Map<String, List<Float>> vectors,
            int epoch) {}

    /**
     * Returns the fields of a sample.
     *
     * @throws MalformedRecordException if the bytes are no sample by the schema of any version
     */
    public Fields read(byte[] value) throws MalformedRecordException {
        Sample sample = format.read(value);
        return new Fields(
                sample.getId(),
                sample.getModel(),
                sample.getEventTime().toEpochMilli(),
                new TreeMap<>(sample.getNumbers()),
                new TreeMap<>(sample.getTexts()),
                new TreeMap<>(sample.getVectors()),
                sample.getEpoch());
    }
}
