package io.freshet.cli.kafka;

import io.freshet.cli.console.CommandException;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.facts.EvaluationCodec;
import io.freshet.schemas.facts.HeartbeatCodec;
import io.freshet.schemas.kafka.ParameterKey;
import io.freshet.schemas.loop.JoinReportCodec;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Reads the metrics topic. Skips malformed records, which say nothing about a model; {@code tail} prints them. */
public final class EvaluationReader implements AutoCloseable {
    private final EvaluationCodec codec = new EvaluationCodec();
    private final HeartbeatCodec heartbeatCodec = new HeartbeatCodec();
    private final JoinReportCodec reportCodec = new JoinReportCodec();
    private final TopicReader reader;

    private EvaluationReader(TopicReader reader) {
        this.reader = reader;
    }

    /**
     * Opens the metrics topic.
     *
     * @param since time of the first record, in milliseconds since 1970, UTC
     * @throws CommandException if the topic does not exist
     */
    public static EvaluationReader open(KafkaOptions kafka, long since) throws CommandException {
        TopicReader reader = TopicReader.open(kafka, kafka.topics(null).metrics());
        reader.skipTo(since);
        return new EvaluationReader(reader);
    }

    /** Continues after the last existing record, and returns the number of records skipped, at most. */
    public long skipToEnd() {
        return reader.skipToEnd();
    }

    /** Passes every record up to the current end of the topic. */
    public void readToEnd(MetricsRecords records) {
        reader.readToEnd(record -> read(record, records));
    }

    private void read(ConsumerRecord<byte[], byte[]> record, MetricsRecords records) {
        try {
            if (HeartbeatCodec.isHeartbeat(record.key())) {
                records.heartbeat(heartbeatCodec.read(record.value()));
            } else if (JoinReportCodec.isReport(record.key())) {
                readReport(record, records);
            } else if (record.value() == null) {
                records.deleted(ParameterKey.parse(record.key()));
            } else {
                records.evaluation(codec.read(record.value()));
            }
        } catch (MalformedRecordException e) {
            // Skipped.
        }
    }

    private void readReport(ConsumerRecord<byte[], byte[]> record, MetricsRecords records)
            throws MalformedRecordException {
        if (record.value() == null) {
            records.reportDeleted(JoinReportCodec.model(record.key()));
        } else {
            records.report(reportCodec.read(record.value()));
        }
    }

    @Override
    public void close() {
        reader.close();
    }
}
