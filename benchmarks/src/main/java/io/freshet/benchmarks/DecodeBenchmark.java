package io.freshet.benchmarks;

import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.sample.SampleDecoder;
import io.freshet.wire.Sample;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Decodes the bytes of a record to a row and encodes it as a sample, compared with Avro's own reader. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class DecodeBenchmark {
    private static final int HEADER = 10;

    private final byte[] record = FlightRecord.bytes();
    private final Row row = new Row(FlightRecord.LAYOUT);
    private final SampleDecoder decoder = new SampleDecoder(FlightRecord.LAYOUT);
    private final FeatureEncoder encoder = new FeatureEncoder(FlightRecord.SPEC, FlightRecord.LAYOUT);
    private final GenericDatumReader<GenericRecord> reader = new GenericDatumReader<>(Sample.getClassSchema());
    private final BinaryDecoder binary = DecoderFactory.get().binaryDecoder(record, null);
    private final byte[] image = ImageRecord.bytes();
    private final Row imageRow = new Row(ImageRecord.LAYOUT);
    private final SampleDecoder imageDecoder = new SampleDecoder(ImageRecord.LAYOUT);
    private final FeatureEncoder imageEncoder = new FeatureEncoder(ImageRecord.SPEC, ImageRecord.LAYOUT);

    /** Decodes bytes to a row, in place. */
    @Benchmark
    public Row decode() throws MalformedRecordException {
        decoder.decode(record, 0, row);
        return row;
    }

    /** Decodes bytes to a row and encodes the sample of one model: all work of the decoder for one record. */
    @Benchmark
    public io.freshet.learning.features.Sample decodeAndEncode()
            throws MalformedRecordException, InvalidSampleException {
        decoder.decode(record, 0, row);
        return encoder.encode(row, 0, 0);
    }

    /** Decodes and encodes the sample of a network: a vector of 784 numbers, each divided by 255. */
    @Benchmark
    public io.freshet.learning.features.Sample decodeAndEncodeVector()
            throws MalformedRecordException, InvalidSampleException {
        imageDecoder.decode(image, 0, imageRow);
        return imageEncoder.encode(imageRow, 0, 0);
    }

    /** Decodes bytes to Avro's generic record, with maps of boxed values. */
    @Benchmark
    public GenericRecord avro() throws IOException {
        BinaryDecoder reused = DecoderFactory.get().binaryDecoder(record, HEADER, record.length - HEADER, binary);
        return reader.read(null, reused);
    }
}
