package io.freshet.benchmarks;

import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Sample;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.sample.RecordDecoder;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Decodes the bytes of a record to a row, and encodes the row as a sample of one model, for 4096 different records. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class DecodeBenchmark {
    private static final int RECORDS = 1 << 12;

    @Param({"avro", "confluent", "json"})
    public String format = "avro";

    @Param({"flight", "sparse", "pairs", "image"})
    public String sample = "flight";

    private final byte[][] records = new byte[RECORDS][];
    private Row row = new Row(new RowLayout(List.of(), List.of()));
    private RecordDecoder decoder = decoder();
    private FeatureEncoder encoder = encoder();
    private int next;

    @Setup
    public void prepare() {
        SplittableRandom random = new SplittableRandom(3);
        EncodedSamples samples = samples();
        for (int i = 0; i < RECORDS; i++) {
            records[i] = samples.encode(kind().draw(random));
        }
        row = new Row(layout());
        decoder = decoder();
        encoder = encoder();
    }

    /** Decodes a record to a row. */
    @Benchmark
    public Row decode() throws MalformedRecordException {
        decoder.decode(records[next++ & (RECORDS - 1)], 0, row);
        return row;
    }

    /** Decodes a record and encodes the sample: all work of the decoder for one record. */
    @Benchmark
    public Sample decodeAndEncode() throws MalformedRecordException, InvalidSampleException {
        decoder.decode(records[next++ & (RECORDS - 1)], 0, row);
        return encoder.encode(row, 0, 0);
    }

    private SampleKind kind() {
        return SampleKind.of(sample);
    }

    private EncodedSamples samples() {
        return EncodedSamples.valueOf(format.toUpperCase(Locale.ROOT));
    }

    private RowLayout layout() {
        return RowLayout.of(List.of(kind().spec()));
    }

    private RecordDecoder decoder() {
        return samples().decoder(layout(), kind().draw(new SplittableRandom(3)));
    }

    private FeatureEncoder encoder() {
        return new FeatureEncoder(kind().spec(), layout());
    }
}
