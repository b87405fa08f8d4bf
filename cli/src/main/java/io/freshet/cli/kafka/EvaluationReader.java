package io.freshet.cli.kafka;

import io.freshet.cli.console.CommandException;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.evaluation.Evaluation;
import io.freshet.schemas.evaluation.EvaluationCodec;
import io.freshet.schemas.freshness.Heartbeat;
import io.freshet.schemas.freshness.HeartbeatCodec;
import io.freshet.schemas.loop.JoinReportCodec;
import io.freshet.schemas.topic.ParameterKey;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Reads the metrics topic. Skips malformed records, which say nothing about a model; {@code tail} prints them. */
public final class EvaluationReader implements AutoCloseable {
    private final EvaluationCodec codec = new EvaluationCodec();
    private final HeartbeatCodec heartbeatCodec = new HeartbeatCodec();
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

    /** Passes every evaluation, the key of every tombstone, and every heartbeat up to the current end of the topic. */
    public void readToEnd(
            Consumer<Evaluation> evaluations, Consumer<ParameterKey> deleted, Consumer<Heartbeat> heartbeats) {
        reader.readToEnd(record -> read(record, evaluations, deleted, heartbeats));
    }

    private void read(
            ConsumerRecord<byte[], byte[]> record,
            Consumer<Evaluation> evaluations,
            Consumer<ParameterKey> deleted,
            Consumer<Heartbeat> heartbeats) {
        try {
            if (HeartbeatCodec.isHeartbeat(record.key())) {
                heartbeats.accept(heartbeatCodec.read(record.value()));
            } else if (JoinReportCodec.isReport(record.key())) {
                return;
            } else if (record.value() == null) {
                deleted.accept(ParameterKey.parse(record.key()));
            } else {
                evaluations.accept(codec.read(record.value()));
            }
        } catch (MalformedRecordException e) {
            // Skipped.
        }
    }

    @Override
    public void close() {
        reader.close();
    }
}
