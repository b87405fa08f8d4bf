package io.freshet.job.topology;

import io.freshet.job.record.OutputRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/** An in-memory topic of a job in the same JVM. Flink copies sinks, so copies of the same name share their records. */
final class TestSink implements Sink<OutputRecord> {
    private static final long serialVersionUID = 1;
    private static final Map<String, ConcurrentLinkedQueue<OutputRecord>> WRITTEN = new ConcurrentHashMap<>();

    private final String name = UUID.randomUUID().toString();

    @Override
    public SinkWriter<OutputRecord> createWriter(WriterInitContext context) {
        ConcurrentLinkedQueue<OutputRecord> written = WRITTEN.computeIfAbsent(name, n -> new ConcurrentLinkedQueue<>());
        return new SinkWriter<>() {
            @Override
            public void write(OutputRecord record, Context context) {
                written.add(record);
            }

            @Override
            public void flush(boolean endOfInput) {}

            @Override
            public void close() {}
        };
    }

    /** Returns the records written by all subtasks. */
    List<OutputRecord> written() {
        return new ArrayList<>(WRITTEN.getOrDefault(name, new ConcurrentLinkedQueue<>()));
    }
}
