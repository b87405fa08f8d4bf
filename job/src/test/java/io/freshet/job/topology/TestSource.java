package io.freshet.job.topology;

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

/** An in-memory topic of one partition: a value for each offset, created when read. */
final class TestSource<T> implements Source<T, NumberSequenceSplit, Collection<NumberSequenceSplit>> {
    private static final long serialVersionUID = 1;

    private final long size;
    private final Values<T> values;
    private final boolean endless;
    private final NumberSequenceSource serializers = new NumberSequenceSource(0, 0);

    /** A value for each offset, shipped to the reader. */
    interface Values<T> extends LongFunction<T>, Serializable {}

    TestSource(long size, Values<T> values) {
        this(size, values, false);
    }

    private TestSource(long size, Values<T> values, boolean endless) {
        this.size = size;
        this.values = values;
        this.endless = endless;
    }

    /** Returns a topic that waits for more at its end. */
    static <T> TestSource<T> endless(long size, Values<T> values) {
        return new TestSource<>(size, values, true);
    }

    @Override
    public Boundedness getBoundedness() {
        return endless ? Boundedness.CONTINUOUS_UNBOUNDED : Boundedness.BOUNDED;
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
        return enumerator(context, size == 0 ? List.of() : List.of(new NumberSequenceSplit("0", 0, size - 1)));
    }

    @Override
    public SplitEnumerator<NumberSequenceSplit, Collection<NumberSequenceSplit>> restoreEnumerator(
            SplitEnumeratorContext<NumberSequenceSplit> context, Collection<NumberSequenceSplit> left) {
        return enumerator(context, left);
    }

    private IteratorSourceEnumerator<NumberSequenceSplit> enumerator(
            SplitEnumeratorContext<NumberSequenceSplit> context, Collection<NumberSequenceSplit> splits) {
        return new IteratorSourceEnumerator<>(context, splits) {
            private int left = splits.size();

            @Override
            public void addSplitsBack(List<NumberSequenceSplit> back, int subtask) {
                left += back.size();
                super.addSplitsBack(back, subtask);
            }

            @Override
            public void handleSplitRequest(int subtask, String host) {
                // Without a split left, the reader would be told that there will be no more.
                if (!endless || left > 0) {
                    left--;
                    super.handleSplitRequest(subtask, host);
                }
            }
        };
    }

    @Override
    public SimpleVersionedSerializer<NumberSequenceSplit> getSplitSerializer() {
        return serializers.getSplitSerializer();
    }

    @Override
    public SimpleVersionedSerializer<Collection<NumberSequenceSplit>> getEnumeratorCheckpointSerializer() {
        return serializers.getEnumeratorCheckpointSerializer();
    }
}
