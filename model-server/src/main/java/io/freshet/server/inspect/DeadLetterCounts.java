package io.freshet.server.inspect;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.schemas.kafka.DeadLetterHeaders;
import io.freshet.schemas.kafka.ReasonGroup;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** Counts the dead letters of a topic by model and reason, regardless of the value that was rejected. Not thread-safe. */
final class DeadLetterCounts {
    /** Field names are bounded, but a parser's messages are not. */
    private static final int MAXIMUM_REASONS = 1_000;

    private static final String OTHER = "other reasons";
    /** A record that could not be decoded counts for every model. */
    private static final String ALL = "";

    private final String topic;
    private final UnaryOperator<String> shown;
    private final Map<Reason, RejectedRecords> reasons = new HashMap<>();
    private long records;

    private record Reason(String model, String stage, String group) {}

    /** @param shown returns what may be shown of a reason */
    DeadLetterCounts(String topic, UnaryOperator<String> shown) {
        this.topic = topic;
        this.shown = shown;
    }

    void add(ConsumerRecord<byte[], byte[]> record) {
        records++;
        String stage = text(record, DeadLetterHeaders.STAGE);
        String message = text(record, DeadLetterHeaders.MESSAGE);
        String model = text(record, DeadLetterHeaders.MODEL);
        Reason reason = new Reason(model, stage, ReasonGroup.of(message));
        if (!reasons.containsKey(reason) && reasons.size() >= MAXIMUM_REASONS) {
            reason = new Reason(model, stage, OTHER);
            message = OTHER;
        }
        reasons.merge(
                reason, new RejectedRecords(stage, shown.apply(message), 1, record.timestamp()), RejectedRecords::plus);
    }

    /** Returns why records were rejected for a model, or before their model was known; the most frequent reason first. */
    JsonObject of(String model) {
        JsonArray rejected = new JsonArray();
        Stream.of(model, ALL)
                .flatMap(this::rejected)
                .sorted(RejectedRecords.MOST_FREQUENT_FIRST)
                .forEach(each -> rejected.add(each.json()));
        return new JsonObject()
                .put("name", model)
                .put("topic", topic)
                .put("records", records)
                .put("reasons", rejected);
    }

    private Stream<RejectedRecords> rejected(String model) {
        return reasons.entrySet().stream()
                .filter(each -> each.getKey().model().equals(model))
                .map(Map.Entry::getValue);
    }

    private static String text(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null ? "" : new String(header.value(), UTF_8);
    }
}
