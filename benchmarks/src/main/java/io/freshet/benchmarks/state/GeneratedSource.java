package io.freshet.benchmarks.state;

import java.io.Serializable;
import java.util.Collection;
import java.util.List;
import java.util.function.LongFunction;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource.NumberSequenceSplit;
import org.apache.flink.api.connector.source.lib.util.IteratorSourceEnumerator;
import org.apache.flink.api.connector.source.lib.util.IteratorSourceReaderBase;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.util.NumberSequenceIterator;

/**
 * A source like a topic of one partition, whose records are generated when read.
 *
 * @param size number of records; 0 for a bounded, empty topic
 * @param values returns the record at each offset
 */
record GeneratedSource<T>(long size, Values<T> values)
        implements Source<T, NumberSequenceSplit, Collection<NumberSequenceSplit>> {
    private static final int RECORDS_PER_WATERMARK = 1_000;
    private static final NumberSequenceSource SERIALIZERS = new NumberSequenceSource(0, 0);

    /** Generates the record at each offset. Serializable, since Flink sends it to the reader. */
    interface Values<T> extends LongFunction<T>, Serializable {
        /** Returns the watermark after a value; {@link Long#MIN_VALUE} if the source emits none. */
        default long watermark(T value) {
            return Long.MIN_VALUE;
        }
    }

    @Override
    public Boundedness getBoundedness() {
        return size == 0 ? Boundedness.BOUNDED : Boundedness.CONTINUOUS_UNBOUNDED;
    }

    @Override
    public SourceReader<T, NumberSequenceSplit> createReader(SourceReaderContext context) {
        return new IteratorSourceReaderBase<Long, T, NumberSequenceIterator, NumberSequenceSplit>(context) {
            private long watermark = Long.MIN_VALUE;
            private int emitted;

            @Override
            protected T convert(Long offset) {
                T value = values.apply(offset);
                watermark = values.watermark(value);
                return value;
            }

            @Override
            public InputStatus pollNext(ReaderOutput<T> output) {
                InputStatus status = super.pollNext(output);
                if (++emitted % RECORDS_PER_WATERMARK == 0 && watermark != Long.MIN_VALUE) {
                    output.emitWatermark(new Watermark(watermark));
                }
                return status;
            }
        };
    }

    @Override
    public SplitEnumerator<NumberSequenceSplit, Collection<NumberSequenceSplit>> createEnumerator(
            SplitEnumeratorContext<NumberSequenceSplit> context) {
        return new IteratorSourceEnumerator<>(
                context, size == 0 ? List.of() : List.of(new NumberSequenceSplit("0", 0, size - 1)));
    }

    @Override
    public SplitEnumerator<NumberSequenceSplit, Collection<NumberSequenceSplit>> restoreEnumerator(
            SplitEnumeratorContext<NumberSequenceSplit> context, Collection<NumberSequenceSplit> left) {
        return new IteratorSourceEnumerator<>(context, left);
    }

    @Override
    public SimpleVersionedSerializer<NumberSequenceSplit> getSplitSerializer() {
        return SERIALIZERS.getSplitSerializer();
    }

    @Override
    public SimpleVersionedSerializer<Collection<NumberSequenceSplit>> getEnumeratorCheckpointSerializer() {
        return SERIALIZERS.getEnumeratorCheckpointSerializer();
    }
}
