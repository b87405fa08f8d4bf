package io.freshet.cli.train;

import io.freshet.job.record.SourceRecord;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * A source of one partition that fails before the records given, each time once: the first attempt of the job before the
 * first, the next before the second. The attempts after that run to the end. So nothing has to be remembered from one to
 * the next.
 *
 * @param source to read
 * @param places offsets, ascending, with one record or more between two
 */
record FaultySource<S extends SourceSplit, C>(Source<SourceRecord, S, C> source, long[] places)
        implements Source<SourceRecord, S, C> {
    private static final String ATTEMPT = "<task_attempt_num>";

    /** Returns a source that fails so. */
    static <S extends SourceSplit, C> Source<SourceRecord, S, C> of(Source<SourceRecord, S, C> source, long[] places) {
        return new FaultySource<>(source, places);
    }

    @Override
    public SourceReader<SourceRecord, S> createReader(SourceReaderContext context) throws Exception {
        SourceReader<SourceRecord, S> reader = source.createReader(context);
        int attempt = Integer.parseInt(context.metricGroup().getAllVariables().get(ATTEMPT));
        if (attempt >= places.length) {
            return reader;
        }
        long before = attempt == 0 ? 0 : places[attempt - 1];
        return new FaultingReader<>(reader, before + (places[attempt] - before) / 2, places[attempt]);
    }

    @Override
    public Boundedness getBoundedness() {
        return source.getBoundedness();
    }

    @Override
    public SplitEnumerator<S, C> createEnumerator(SplitEnumeratorContext<S> context) throws Exception {
        return source.createEnumerator(context);
    }

    @Override
    public SplitEnumerator<S, C> restoreEnumerator(SplitEnumeratorContext<S> context, C checkpoint) throws Exception {
        return source.restoreEnumerator(context, checkpoint);
    }

    @Override
    public SimpleVersionedSerializer<S> getSplitSerializer() {
        return source.getSplitSerializer();
    }

    @Override
    public SimpleVersionedSerializer<C> getEnumeratorCheckpointSerializer() {
        return source.getEnumeratorCheckpointSerializer();
    }
}
