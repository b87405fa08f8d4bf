package io.freshet.learning.spec;

import io.freshet.learning.yaml.SpecException;
import io.freshet.learning.yaml.SpecNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names the parameters that a model starts from, or switches to, instead of its initial ones: snapshots of the same
 * shape. Written by {@code freshet apply --from}; the parameters are separate records.
 *
 * @param model that the snapshots are of
 * @param version of the newest of them, in samples learned
 * @param checksum of their parameters and moments, 16 hexadecimal digits: what tells one warm start from another
 */
public record WarmStartReference(String model, long version, String checksum) {
    private static final Pattern CHECKSUM = Pattern.compile("[0-9a-f]{16}");

    static @Nullable WarmStartReference read(SpecNode root) {
        if (!root.has("warmStart")) {
            return null;
        }
        SpecNode node = root.node("warmStart");
        WarmStartReference warmStart = new WarmStartReference(
                node.text("model"), node.whole("version", 0, 0, Long.MAX_VALUE), node.text("checksum"));
        node.end();
        if (!CHECKSUM.matcher(warmStart.checksum).matches()) {
            throw SpecException.of("warmStart.checksum", warmStart.checksum, "16 hexadecimal digits");
        }
        return warmStart;
    }

    Map<String, Object> write() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("model", model);
        map.put("version", version);
        map.put("checksum", checksum);
        return map;
    }

    /** Returns what a person calls it: {@code delays@12000 (0123456789abcdef)}. */
    @Override
    public String toString() {
        return model + "@" + version + " (" + checksum + ")";
    }
}
