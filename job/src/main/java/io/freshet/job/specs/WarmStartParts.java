package io.freshet.job.specs;

import io.freshet.job.record.SpecChange;
import io.freshet.learning.predict.WarmStart;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.spec.WarmStartCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * Warm-start parameters in broadcast state, as the parts received. They stay in state because keys may appear after a recovery,
 * when the models topic may no longer contain the parts.
 */
final class WarmStartParts {
    /** Parts by {@code model#checksum/index}. */
    private static final MapStateDescriptor<String, byte[]> STATE = new MapStateDescriptor<>(
            "warm-starts", Types.STRING, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);

    private final BroadcastState<String, byte[]> parts;

    WarmStartParts(OperatorStateStore store) throws Exception {
        parts = store.getBroadcastState(STATE);
    }

    void put(SpecChange.WarmStartPart part) throws Exception {
        parts.put(prefix(part.name(), part.checksum()) + part.index(), part.part());
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
        List<String> unused = new ArrayList<>();
        for (Map.Entry<String, byte[]> part : parts.immutableEntries()) {
            String key = part.getKey();
            if (key.startsWith(model + "#")
                    && checksums.stream().noneMatch(checksum -> key.startsWith(prefix(model, checksum)))) {
                unused.add(key);
            }
        }
        for (String key : unused) {
            parts.remove(key);
        }
    }

    private static String prefix(String model, String checksum) {
        return model + "#" + checksum + "/";
    }
}
