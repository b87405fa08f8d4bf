package io.freshet.cli.deadletters;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.cli.tail.ValuePreview;
import io.freshet.schemas.deadletter.DeadLetterHeaders;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** A record of the dead-letter topic: why it is there, where it was, and the record to send again. */
record DeadLetter(ConsumerRecord<byte[], byte[]> letter) {
    private static final List<String> OURS =
            List.of(DeadLetterHeaders.MODEL, DeadLetterHeaders.SIZE, DeadLetterHeaders.ROW, DeadLetterHeaders.REDRIVES);

    String reason() {
        return text(letter.headers(), DeadLetterHeaders.MESSAGE);
    }

    String stage() {
        return text(letter.headers(), DeadLetterHeaders.STAGE);
    }

    String model() {
        return text(letter.headers(), DeadLetterHeaders.MODEL);
    }

    /** Returns the topic that the record was on. */
    String topic() {
        return text(letter.headers(), DeadLetterHeaders.TOPIC);
    }

    /** Returns the partition that the record was in, or -1 if it never was a record. */
    int partition() {
        return (int) number(letter.headers(), DeadLetterHeaders.PARTITION);
    }

    /** Returns the offset of the record, or -1 if it never was one. */
    long offset() {
        return number(letter.headers(), DeadLetterHeaders.OFFSET);
    }

    /** Whether it is the row of a file, or something else that never was a record of a topic. */
    boolean isNoRecord() {
        return partition() < 0 || offset() < 0;
    }

    /** Whether the letter is the record; otherwise it only says where that is. */
    boolean isWhole() {
        return letter.headers().lastHeader(DeadLetterHeaders.SIZE) == null && !stage().equals("learn");
    }

    /** Returns how often a record was sent again. */
    static int redrives(ConsumerRecord<byte[], byte[]> record) {
        return (int) Math.max(0, number(record.headers(), DeadLetterHeaders.REDRIVES));
    }

    /**
     * Returns the record to send: as it was, with the headers that say how often it was sent again, and which model it is
     * for if the others have learned it.
     *
     * @param record the letter itself, or what it says where to find
     */
    ProducerRecord<byte[], byte[]> again(ConsumerRecord<byte[], byte[]> record) {
        ProducerRecord<byte[], byte[]> again = new ProducerRecord<>(
                topic(), partition(), Math.max(0, record.timestamp()), record.key(), record.value());
        for (Header header : record.headers()) {
            if (!header.key().startsWith(DeadLetterHeaders.PREFIX) && !OURS.contains(header.key())) {
                again.headers().add(header);
            }
        }
        String redrives = Integer.toString(redrives(record) + 1);
        again.headers().add(DeadLetterHeaders.REDRIVES, redrives.getBytes(UTF_8));
        if (!model().isEmpty()) {
            again.headers().add(DeadLetterHeaders.MODEL, model().getBytes(UTF_8));
        }
        return again;
    }

    private static String text(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null ? "" : new String(header.value(), UTF_8);
    }

    private static long number(Headers headers, String name) {
        try {
            return Long.parseLong(text(headers, name));
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** Returns a line that says which letter it is, and why. */
    @Override
    public String toString() {
        @Nullable String shown = isWhole() ? ValuePreview.of(letter.value()) : null;
        return letter.partition() + "@" + letter.offset() + " " + stage() + (model().isEmpty() ? "" : " " + model())
                + ": " + reason() + (shown == null ? "" : " value=" + shown);
    }
}
