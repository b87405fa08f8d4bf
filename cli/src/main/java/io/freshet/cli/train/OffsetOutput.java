package io.freshet.cli.train;

import io.freshet.job.record.SourceRecord;
import java.util.function.LongConsumer;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceOutput;

/** Hands on what a reader gives, and tells the offset of each record. */
final class OffsetOutput implements ReaderOutput<SourceRecord> {
    private final ReaderOutput<SourceRecord> output;
    private final LongConsumer offsets;

    OffsetOutput(ReaderOutput<SourceRecord> output, LongConsumer offsets) {
        this.output = output;
        this.offsets = offsets;
    }

    @Override
    public void collect(SourceRecord sample) {
        offsets.accept(sample.offset());
        output.collect(sample);
    }

    @Override
    public void collect(SourceRecord sample, long timestamp) {
        offsets.accept(sample.offset());
        output.collect(sample, timestamp);
    }

    @Override
    public void emitWatermark(Watermark watermark) {
        output.emitWatermark(watermark);
    }

    @Override
    public void markIdle() {
        output.markIdle();
    }

    @Override
    public void markActive() {
        output.markActive();
    }

    @Override
    public SourceOutput<SourceRecord> createOutputForSplit(String split) {
        output.createOutputForSplit(split);
        return this;
    }

    @Override
    public void releaseOutputForSplit(String split) {
        output.releaseOutputForSplit(split);
    }
}
