package io.freshet.benchmarks;

import io.freshet.benchmarks.workload.SampleFormat;
import io.freshet.benchmarks.workload.Workload;
import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Sample;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.sample.RecordDecoder;
import java.io.IOException;
import java.util.List;
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

    @Param({"AVRO", "CONFLUENT", "JSON"})
    public SampleFormat format = SampleFormat.AVRO;

    @Param({"FLIGHTS", "SPARSE", "DENSE"})
    public Workload sample = Workload.FLIGHTS;

    private final byte[][] records = new byte[RECORDS][];
    private RowLayout layout = layout();
    private Row row = new Row(layout);
    private RecordDecoder decoder = format.records(layout).decoder(layout);
    private FeatureEncoder encoder = new FeatureEncoder(sample.spec(), layout);
    private int next;

    @Setup
    public void prepare() throws IOException {
        layout = layout();
        row = new Row(layout);
        decoder = format.records(layout).decoder(layout);
        encoder = new FeatureEncoder(sample.spec(), layout);
        Workload.Generator generator = sample.generator(layout);
        SampleFormat.Writer writer = format.writer(layout);
        for (int i = 0; i < RECORDS; i++) {
            generator.next(row);
            records[i] = writer.write(row);
        }
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

    private RowLayout layout() {
        return RowLayout.of(List.of(sample.spec()));
    }
}
