package io.freshet.benchmarks.state;

import java.io.Serializable;
import java.util.Collection;
import java.util.List;
import java.util.function.LongFunction;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource.NumberSequenceSplit;
import org.apache.flink.api.connector.source.lib.util.IteratorSourceEnumerator;
import org.apache.flink.api.connector.source.lib.util.IteratorSourceReaderBase;
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
    private static final NumberSequenceSource SERIALIZERS = new NumberSequenceSource(0, 0);

    /** Generates the record at each offset. Serializable, since Flink sends it to the reader. */
    interface Values<T> extends LongFunction<T>, Serializable {}

    @Override
    public Boundedness getBoundedness() {
        return size == 0 ? Boundedness.BOUNDED : Boundedness.CONTINUOUS_UNBOUNDED;
    }

    @Override
    public SourceReader<T, NumberSequenceSplit> createReader(SourceReaderContext context) {
        return new IteratorSourceReaderBase<Long, T, NumberSequenceIterator, NumberSequenceSplit>(context) {
            @Override
            protected T convert(Long offset) {
                return values.apply(offset);
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
