package io.freshet.job.source;

import io.freshet.job.record.SpecChange;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.snapshot.ModelSpecCodec;
import io.freshet.schemas.snapshot.WarmStartCodec;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads changes of specifications. A specification that is invalid, or that requires a bounded stream when this one is
 * unbounded, is logged and skipped; the model keeps its specification.
 */
public final class SpecChangeReader {
    private static final Logger LOG = LoggerFactory.getLogger(SpecChangeReader.class);

    private SpecChangeReader() {}

    /**
     * Returns the change in a record of the models topic, or null to skip the record.
     *
     * @param bounded whether the samples stream is bounded
     */
    public static @Nullable SpecChange read(ConsumerRecord<byte[], byte[]> record, boolean bounded) {
        try {
            return change(record, bounded);
        } catch (MalformedRecordException e) {
            return skip(record, String.valueOf(e.getMessage()));
        } catch (RuntimeException | StackOverflowError e) {
            // Whatever a record does to its reader, the job would fail at it again after every restart.
            return skip(record, e.toString());
        }
    }

    private static @Nullable SpecChange change(ConsumerRecord<byte[], byte[]> record, boolean bounded)
            throws MalformedRecordException {
        if (WarmStartCodec.isPart(record.key())) {
            // Parts that are not needed were removed when the specification changed.
            return record.value() == null
                    ? null
                    : SpecChange.part(new WarmStartCodec().read(record.key(), record.value()));
        }
        if (record.value() == null) {
            return record.key() == null ? null : SpecChange.deleted(new String(record.key(), StandardCharsets.UTF_8));
        }
        ModelSpec spec = new ModelSpecCodec().read(record.value());
        if (spec.training().batch().isFull() && !bounded) {
            // The batch would grow forever and never be learned.
            throw new MalformedRecordException(
                    "batch.size: full (expected: a number; a full batch is for bounded runs)");
        }
        SpecChange.Applied change = SpecChange.applied(spec);
        if (!change.spec().equals(spec)) {
            throw new MalformedRecordException("yaml: reads differently once written (expected: the same)");
        }
        return change;
    }

    private static @Nullable SpecChange skip(ConsumerRecord<byte[], byte[]> record, String reason) {
        LOG.warn(
                "{}-{} offset {}: specification skipped: {}",
                record.topic(),
                record.partition(),
                record.offset(),
                reason);
        return null;
    }
}
