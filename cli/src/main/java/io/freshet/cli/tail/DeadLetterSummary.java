package io.freshet.cli.tail;

import io.freshet.cli.console.OneLine;
import io.freshet.cli.console.Output;
import io.freshet.cli.kafka.HeaderText;
import io.freshet.schemas.kafka.DeadLetterHeaders;
import io.freshet.schemas.kafka.ReasonGroup;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Counts dead letters by model and reason. Not thread-safe. */
final class DeadLetterSummary {
    /** Reasons may contain what a record contains, so their number is limited. */
    private static final int MAXIMUM_REASONS = 10_000;

    private static final Reason OTHERS = new Reason("", "other reasons");

    private final Map<Reason, Group> groups = new LinkedHashMap<>();

    /** @param model that rejected the records; "" for all */
    private record Reason(String model, String reason) {}

    /** The dead letters of one reason, with the message of the newest. */
    private static final class Group {
        private long count;
        private String newest = "";
    }

    void add(ConsumerRecord<byte[], byte[]> record) {
        String message = HeaderText.of(record.headers(), DeadLetterHeaders.MESSAGE);
        Reason reason = new Reason(HeaderText.of(record.headers(), DeadLetterHeaders.MODEL), ReasonGroup.of(message));
        Group group = groups.get(reason);
        if (group == null) {
            group = groups.computeIfAbsent(groups.size() < MAXIMUM_REASONS ? reason : OTHERS, any -> new Group());
        }
        group.count++;
        group.newest = message;
    }

    boolean isEmpty() {
        return groups.isEmpty();
    }

    /** Prints a line for each model and reason, the most frequent first. */
    void print(Output output) {
        List<Map.Entry<Reason, Group>> sorted = groups.entrySet().stream()
                .sorted(Comparator.comparing(entry -> -entry.getValue().count))
                .toList();
        for (Map.Entry<Reason, Group> entry : sorted) {
            Reason reason = entry.getKey();
            Group group = entry.getValue();
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("model", reason.model);
            json.put("reason", reason.reason);
            json.put("count", group.count);
            json.put("newest", group.newest);
            output.print(
                    json,
                    () -> OneLine.of(String.format(
                            Locale.ROOT,
                            "%,12d  %s: %s, newest: %s",
                            group.count,
                            reason.model.isEmpty() ? "all models" : reason.model,
                            reason.reason,
                            group.newest)));
        }
    }
}
