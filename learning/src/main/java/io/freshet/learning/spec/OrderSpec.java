package io.freshet.learning.spec;

import static io.freshet.learning.yaml.Numbers.integer;
import static io.freshet.learning.yaml.Numbers.millis;

import io.freshet.learning.yaml.Field;
import io.freshet.learning.yaml.Mapping;
import io.freshet.learning.yaml.Names;
import io.freshet.learning.yaml.Section;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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

    public static final Section<OrderSpec> FIELDS = Section.of(
                    OrderSpec.class,
                    Field.of("type", Names.oneOf(Map.of("arrival", false, "strict", true)), false),
                    Field.of("count", integer(1, 1_000_000))
                            .or(in -> isStrict(in) ? 100 : 0, "`100`")
                            .check((in, count) -> turns(in, "count"))
                            .<OrderSpec>omitIn(order -> !order.strict),
                    Field.of("idle", millis())
                            .or(in -> isStrict(in) ? 10_000L : 0L, "`10s`")
                            .check((in, idle) -> turns(in, "idle"))
                            .<OrderSpec>omitIn(order -> !order.strict))
            .means("""
                type: Order in which a model without a key learns several partitions: as samples arrive, or partitions in \
                turn. Short form: `order: strict`
                count: Samples per turn of a partition
                idle: How long a turn waits for a sample before the partition is skipped, from the next checkpoint on; 0 \
                for no limit
                """)
            .bareBy("type");

    private static boolean isStrict(Mapping in) {
        return in.get("type", Boolean.class);
    }

    private static @Nullable String turns(Mapping in, String field) {
        return in.has(field) && !isStrict(in) ? "type: strict beside it; arrival has no turns" : null;
    }
}
