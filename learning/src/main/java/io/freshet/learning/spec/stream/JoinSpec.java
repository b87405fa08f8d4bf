package io.freshet.learning.spec.stream;

import io.freshet.learning.loss.Loss;
import io.freshet.learning.yaml.Durations;
import io.freshet.learning.yaml.SpecException;
import io.freshet.learning.yaml.SpecNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the requests of a model are joined with their outcomes, and how the model learns labels that change.
 *
 * <pre>
 *   join:
 *     within: 1h           # an outcome counts if 0 <= its time - the request's time <= within
 *     after: 10m           # event time from a request to its first sample; 0 for at once; omitted: within, to wait
 *     grace: 1h            # how much longer an id is kept for outcomes that arrive late
 *     several: last        # first, last, sum, max, or mean, by event time
 *     missing: negative    # negative, drop, or {label: 0}
 *     exposure: shown      # a missing outcome is one only if this field is true; omitted: always
 *     delayed: retract     # or wait
 *     slices: [origin]     # fields by whose values served predictions are scored
 * </pre>
 *
 * @param withinMillis attribution, at least 1
 * @param afterMillis at most {@code withinMillis}
 * @param graceMillis at least 0
 * @param several how the outcomes of one request become one label
 * @param missing the label of a request without outcomes
 * @param delayed how labels that change are learned
 * @param slices names of up to 8 text or number fields of a request
 */
public record JoinSpec(
        long withinMillis,
        long afterMillis,
        long graceMillis,
        Several several,
        MissingOutcome missing,
        Delayed delayed,
        List<String> slices) {
    private static final int MAXIMUM_SLICES = 8;

    public JoinSpec {
        slices = List.copyOf(slices);
    }

    /** @return null if the specification has no {@code join} */
    static @Nullable JoinSpec read(SpecNode root, Loss loss) {
        if (!root.has("join")) {
            return null;
        }
        SpecNode node = root.node("join");
        long within = node.millis("within");
        if (within == 0) {
            throw SpecException.of("join.within", 0, "a duration above 0");
        }
        Delayed delayed = node.oneOf("delayed", "retract", Delayed.TYPES);
        long after = node.millis("after", within);
        if (after > within) {
            throw SpecException.of(
                    "join.after", Durations.write(after), "up to join.within, " + Durations.write(within));
        }
        if (delayed.waits() && after < within) {
            throw SpecException.of(
                    "join.after", Durations.write(after), "none beside delayed: wait, which waits for join.within");
        }
        JoinSpec join = new JoinSpec(
                within,
                after,
                node.millis("grace", within),
                Several.read(node),
                MissingOutcome.read(node, loss, root.texts("labels")),
                delayed,
                slices(node));
        node.end();
        return join;
    }

    private static List<String> slices(SpecNode node) {
        List<String> names = node.names("slices");
        if (names.size() > MAXIMUM_SLICES) {
            throw SpecException.of("join.slices", names.size() + " fields", "up to " + MAXIMUM_SLICES);
        }
        return names;
    }

    /** Returns whether the first sample of a request has its final label, unless an outcome arrives late. */
    public boolean isFinalAtOnce() {
        return afterMillis == withinMillis;
    }

    /** Returns how long the join keeps a request: the greatest age of a sample when it is emitted. */
    public long keptMillis() {
        return withinMillis + graceMillis;
    }

    /** @param classes names of the classes; empty if labels are numbers */
    Map<String, Object> write(List<String> classes) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("within", Durations.write(withinMillis));
        if (!delayed.waits()) {
            map.put("after", Durations.write(afterMillis));
        }
        map.put("grace", Durations.write(graceMillis));
        map.put("several", several.yamlName());
        missing.write(map, classes);
        map.put("delayed", delayed.yamlName());
        if (!slices.isEmpty()) {
            map.put("slices", slices);
        }
        return map;
    }
}
