package io.freshet.cli.tail;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.cli.kafka.HeaderText;
import io.freshet.schemas.kafka.DeadLetterHeaders;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** A record of the dead-letter topic, with its headers decoded. */
record DeadLetter(ConsumerRecord<byte[], byte[]> letter) {
    private static final List<String> FRESHET_HEADERS = List.of(
            DeadLetterHeaders.MODEL,
            DeadLetterHeaders.SIZE,
            DeadLetterHeaders.TOPIC_ID,
            DeadLetterHeaders.ROW,
            DeadLetterHeaders.REJECTED_AT,
            DeadLetterHeaders.REDRIVES);

    String reason() {
        return HeaderText.of(letter.headers(), DeadLetterHeaders.MESSAGE);
    }

    String stage() {
        return HeaderText.of(letter.headers(), DeadLetterHeaders.STAGE);
    }

    String model() {
        return HeaderText.of(letter.headers(), DeadLetterHeaders.MODEL);
    }

    /** Returns the topic of the original record. */
    String topic() {
        return HeaderText.of(letter.headers(), DeadLetterHeaders.TOPIC);
    }

    /** Returns the partition of the original record, or -1 if there was no record. */
    int partition() {
        return (int) number(letter.headers(), DeadLetterHeaders.PARTITION);
    }

    /** Returns the offset of the original record, or -1 if there was no record. */
    long offset() {
        return number(letter.headers(), DeadLetterHeaders.OFFSET);
    }

    /** Whether there is no original record, as for a row of a file. */
    boolean hasNoRecord() {
        return partition() < 0 || offset() < 0;
    }

    /** Whether the dead letter contains the original record; if not, the record must be looked up. */
    boolean containsRecord() {
        return letter.headers().lastHeader(DeadLetterHeaders.SIZE) == null && !stage().equals("learn");
    }

    /** Whether the record was in the topic with this id; if not, another record may have its offset by now. */
    boolean isOfTopic(String id) {
        return HeaderText.of(letter.headers(), DeadLetterHeaders.TOPIC_ID).equals(id);
    }

    /** Returns how many times a record has been redriven. */
    static int redrives(ConsumerRecord<byte[], byte[]> record) {
        return (int) Math.max(0, number(record.headers(), DeadLetterHeaders.REDRIVES));
    }

    /**
     * Returns the record to send: the original record with two headers, the number of redrives, and the model if the
     * other models have learned the record, or if the record was for one model only.
     *
     * @param record this dead letter, or the original record if this does not contain it
     */
    ProducerRecord<byte[], byte[]> redriven(ConsumerRecord<byte[], byte[]> record) {
        ProducerRecord<byte[], byte[]> redriven = new ProducerRecord<>(
                topic(), partition(), Math.max(0, record.timestamp()), record.key(), record.value());
        for (Header header : record.headers()) {
            if (!header.key().startsWith(DeadLetterHeaders.PREFIX) && !FRESHET_HEADERS.contains(header.key())) {
                redriven.headers().add(header);
            }
        }
        String redrives = Integer.toString(redrives(record) + 1);
        redriven.headers().add(DeadLetterHeaders.REDRIVES, redrives.getBytes(UTF_8));
        String model = model().isEmpty() ? HeaderText.of(record.headers(), DeadLetterHeaders.MODEL) : model();
        if (!model.isEmpty()) {
            redriven.headers().add(DeadLetterHeaders.MODEL, model.getBytes(UTF_8));
        }
        return redriven;
    }

    private static long number(Headers headers, String name) {
        try {
            return Long.parseLong(HeaderText.of(headers, name));
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** Returns one line with position, stage, model, reason, and value. */
    @Override
    public String toString() {
        @Nullable String value = containsRecord() ? ValuePreview.of(letter.value()) : null;
        return letter.partition() + "@" + letter.offset() + " " + stage() + (model().isEmpty() ? "" : " " + model())
                + ": " + reason() + (value == null ? "" : " value=" + value);
    }
}
