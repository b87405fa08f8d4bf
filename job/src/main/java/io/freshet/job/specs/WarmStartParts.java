package io.freshet.job.specs;

import io.freshet.job.record.SpecChange;
import io.freshet.learning.predict.WarmStart;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.snapshot.WarmStartCodec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * Warm-start parameters in broadcast state, as the parts received. They stay in state because keys may appear after a recovery,
 * when the models topic may no longer contain the parts. Those that no specification follows, since whoever sent them died, are
 * removed after {@value #MOST_CHANGES} other changes, which all subtasks count alike.
 */
final class WarmStartParts {
    /** Parts by {@code model#checksum/index}. */
    private static final MapStateDescriptor<String, byte[]> STATE = new MapStateDescriptor<>(
            "warm-starts", Types.STRING, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);

    /** How many changes followed the first part of a warm start that no specification names yet, by {@code model#checksum/}. */
    private static final MapStateDescriptor<String, Long> AWAITED =
            new MapStateDescriptor<>("awaited-warm-starts", Types.STRING, Types.LONG);

    static final int MOST_CHANGES = 32;

    private final BroadcastState<String, byte[]> parts;
    private final BroadcastState<String, Long> awaited;

    WarmStartParts(OperatorStateStore store) throws Exception {
        parts = store.getBroadcastState(STATE);
        awaited = store.getBroadcastState(AWAITED);
    }

    void put(SpecChange.WarmStartPart part) throws Exception {
        String prefix = prefix(part.name(), part.checksum());
        if (parts.contains(prefix + part.index())) {
            // Sent again, perhaps after a specification named it.
            return;
        }
        parts.put(prefix + part.index(), part.part());
        if (!awaited.contains(prefix)) {
            awaited.put(prefix, 0L);
        }
    }

    /** Counts a change, or the first part of a warm start. */
    void changed(SpecChange change) throws Exception {
        if (change instanceof SpecChange.WarmStartPart part && part.index() > 0) {
            return;
        }
        Map<String, Long> counts = new HashMap<>();
        awaited.immutableEntries().forEach(entry -> counts.put(entry.getKey(), entry.getValue() + 1));
        for (Map.Entry<String, Long> count : counts.entrySet()) {
            if (count.getValue() < MOST_CHANGES) {
                awaited.put(count.getKey(), count.getValue());
            } else {
                remove(key -> key.startsWith(count.getKey()));
            }
        }
    }

    /**
     * Joins the parts of a model's warm start.
     *
     * @throws MalformedRecordException if parts are missing or damaged
     */
    WarmStart join(String model, String checksum) throws Exception {
        List<byte[]> found = new ArrayList<>();
        String prefix = prefix(model, checksum);
        for (byte[] part = parts.get(prefix + 0); part != null; part = parts.get(prefix + found.size())) {
            found.add(part);
        }
        return WarmStartCodec.join(found, checksum);
    }

    /** Removes a model's parts except those with the given checksums. */
    void keep(String model, Set<String> checksums) throws Exception {
        remove(key -> key.startsWith(model + "#")
                && checksums.stream().noneMatch(checksum -> key.startsWith(prefix(model, checksum))));
        for (String checksum : checksums) {
            awaited.remove(prefix(model, checksum));
        }
    }

    private void remove(Predicate<String> unused) throws Exception {
        remove(unused, parts);
        remove(unused, awaited);
    }

    private static <V> void remove(Predicate<String> unused, BroadcastState<String, V> from) throws Exception {
        List<String> keys = new ArrayList<>();
        from.immutableEntries().forEach(entry -> keys.add(entry.getKey()));
        for (String key : keys) {
            if (unused.test(key)) {
                from.remove(key);
            }
        }
    }

    private static String prefix(String model, String checksum) {
        return model + "#" + checksum + "/";
    }
}
