package io.freshet.job.source;

import java.io.Serializable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Decides when a fetched record may leave the reader. Called by the thread that fetches. */
public interface RecordGate extends AutoCloseable {
    /** Returns the record to pass on, or null while it, and with it the rest of its partition, has to wait. Never blocks. */
    @Nullable ConsumerRecord<byte[], byte[]> pass(ConsumerRecord<byte[], byte[]> record);

    @Override
    void close();

    /** Creates the gate of a reader. */
    interface Factory extends Serializable {
        /** @param changed to call, from any thread, if a record that waits may pass */
        RecordGate create(Runnable changed);
    }
}
