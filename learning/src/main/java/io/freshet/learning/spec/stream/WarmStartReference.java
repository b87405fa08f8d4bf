package io.freshet.learning.spec.stream;

import io.freshet.learning.yaml.SpecException;
import io.freshet.learning.yaml.SpecNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A reference to the published parameters that a model starts from or switches to. {@code freshet apply --from} writes it,
 * and sends the parameters as separate records.
 *
 * @param model name of the model that published them
 * @param version newest version among them, in samples learned
 * @param checksum checksum of the parameters and moments, 16 hexadecimal digits; identifies the warm start
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

    /** Returns a text for people, such as {@code delays@12000 (0123456789abcdef)}. */
    @Override
    public String toString() {
        return model + "@" + version + " (" + checksum + ")";
    }
}
