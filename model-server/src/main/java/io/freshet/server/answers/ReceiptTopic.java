package io.freshet.server.answers;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.schemas.kafka.RecordLimit;
import io.freshet.server.body.RequestException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;

/**
 * Writes the rows of requests to a topic. The producer neither loses, duplicates, nor reorders the rows of a request;
 * connects when it is first used; and is shared by all requests. Thread-safe.
 */
public final class ReceiptTopic implements AutoCloseable {
    private static final Map<String, Object> FIXED = Map.of("acks", "all", "enable.idempotence", true);
    /** The user's settings take precedence. A row fails within the delivery timeout, or if no broker knows the topic. */
    private static final Map<String, Object> DEFAULTS = Map.of(
            "delivery.timeout.ms", 10_000,
            "request.timeout.ms", 5_000,
            "max.block.ms", 5_000,
            "linger.ms", 2,
            "compression.type", "lz4");

    private static final Duration CLOSE = Duration.ofSeconds(5);

    private static final Duration LONGEST = Duration.ofMinutes(5);

    private final String topic;
    private final ProducerSettings settings;
    private @Nullable KafkaProducer<byte[], byte[]> producer;
    private boolean closed;

    /**
     * @param kafka the user's settings, by Kafka's names; may contain secrets
     * @param client what the topic is written for, for the broker's logs
     * @throws IllegalArgumentException if one of the user's settings is invalid
     */
    public ReceiptTopic(String bootstrapServers, Map<String, String> kafka, String topic, String client) {
        this.topic = topic;
        Map<String, Object> defaults = new HashMap<>(DEFAULTS);
        defaults.put("client.id", "freshet-server-" + client);
        settings = new ProducerSettings(bootstrapServers, defaults, kafka, FIXED);
    }

    public String name() {
        return topic;
    }

    /** Returns how long a request may wait: until the topic is found, and then for its last row, but five minutes at most. */
    public Duration deadline() {
        Duration all =
                settings.duration("max.block.ms", LONGEST).plus(settings.duration("delivery.timeout.ms", LONGEST));
        return all.compareTo(LONGEST) < 0 ? all : LONGEST;
    }

    /**
     * Sends the valid rows of a request, in order. May block until the topic is found. After a row that could not be sent, the
     * others are not sent.
     *
     * @param abandoned whether nobody waits for the result any more; then the rest is not sent either
     * @return the result of each row, once the broker has responded
     */
    CompletableFuture<List<Receipt>> write(RowsToSend rows, BooleanSupplier abandoned) {
        List<CompletableFuture<Receipt>> receipts = new ArrayList<>();
        boolean broken = false;
        for (int row = 0; row < rows.count(); row++) {
            receipts.add(write(rows, row, broken || abandoned.getAsBoolean()));
            broken |= isFailed(receipts.get(row));
        }
        return CompletableFuture.allOf(receipts.toArray(CompletableFuture[]::new))
                .thenApply(
                        done -> receipts.stream().map(CompletableFuture::join).toList());
    }

    private static boolean isFailed(CompletableFuture<Receipt> receipt) {
        return receipt.isDone() && receipt.join().result().equals(Receipt.FAILED);
    }

    /** @param broken whether an earlier row could not be sent, or nobody waits for this one */
    private CompletableFuture<Receipt> write(RowsToSend rows, int row, boolean broken) {
        try {
            RowsToSend.Encoded record = rows.encode(row);
            requireSize(record);
            return broken
                    ? CompletableFuture.completedFuture(
                            Receipt.failed("not sent, because an earlier row failed or took too long"))
                    : send(record);
        } catch (InvalidSampleException | RequestException e) {
            return CompletableFuture.completedFuture(Receipt.rejected(String.valueOf(e.getMessage())));
        }
    }

    private static void requireSize(RowsToSend.Encoded record) throws RequestException {
        int bytes = record.value().length + (record.key() == null ? 0 : record.key().length);
        if (bytes > RecordLimit.BYTES) {
            throw RequestException.bad("row", "a record of " + bytes + " bytes", "up to " + RecordLimit.BYTES);
        }
    }

    private CompletableFuture<Receipt> send(RowsToSend.Encoded record) {
        CompletableFuture<Receipt> receipt = new CompletableFuture<>();
        try {
            producer().send(new ProducerRecord<>(topic, record.key(), record.value()), (metadata, failure) -> {
                receipt.complete(
                        failure == null
                                ? Receipt.acknowledged(metadata.partition(), metadata.offset())
                                : failure instanceof RecordTooLargeException
                                        ? Receipt.rejected("topic " + topic + ": " + failure.getMessage())
                                        : failed(failure));
            });
        } catch (KafkaException | IllegalStateException e) {
            receipt.complete(failed(e));
        }
        return receipt;
    }

    private Receipt failed(Exception failure) {
        return Receipt.failed("topic " + topic + ": not acknowledged: " + failure.getMessage());
    }

    private synchronized KafkaProducer<byte[], byte[]> producer() {
        if (closed) {
            throw new IllegalStateException("the server is closing");
        }
        if (producer == null) {
            producer = settings.open();
        }
        return producer;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (producer != null) {
            producer.close(CLOSE);
        }
    }
}
