package io.freshet.learning.spec.stream;

import io.freshet.learning.spec.table.ShortForm;
import io.freshet.learning.yaml.Durations;
import io.freshet.learning.yaml.SpecException;
import io.freshet.learning.yaml.SpecNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The order in which a model without a key learns the samples of several partitions.
 *
 * <pre>
 *   order: arrival       # as received
 *   order: strict        # partitions in turn, or {type: strict, count: 100, idle: 10s}
 * </pre>
 *
 * @param strict whether the partitions take turns
 * @param count samples per turn
 * @param idleMillis how long a turn waits for a sample before the partition is skipped; 0 for no limit
 */
public record OrderSpec(boolean strict, int count, long idleMillis) {
    public static final OrderSpec ARRIVAL = new OrderSpec(false, 0, 0);
    public static final OrderSpec ALTERNATING = new OrderSpec(true, 1, 0);

    private static final SortedMap<String, Function<SpecNode, OrderSpec>> TYPES =
            new TreeMap<>(Map.of("arrival", OrderSpec::readArrival, "strict", OrderSpec::readStrict));

    static OrderSpec read(SpecNode root) {
        SpecNode node = ShortForm.node(root, "order");
        OrderSpec order = node.choose("arrival", TYPES).apply(node);
        node.end();
        return order;
    }

    private static OrderSpec readArrival(SpecNode node) {
        for (String field : List.of("count", "idle")) {
            if (node.has(field)) {
                throw SpecException.of(
                        node.path(field), node.text(field), "type: strict beside it; arrival has no turns");
            }
        }
        return ARRIVAL;
    }

    private static OrderSpec readStrict(SpecNode node) {
        return new OrderSpec(true, node.integer("count", 100, 1, 1_000_000), node.millis("idle", 10_000));
    }

    Object write() {
        if (!strict) {
            return "arrival";
        }
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("type", "strict");
        map.put("count", count);
        map.put("idle", Durations.write(idleMillis));
        return map;
    }
}
