package io.freshet.learning.spec.feature;

import io.freshet.learning.yaml.SpecException;
import io.freshet.learning.yaml.SpecNode;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A field with a date and time, and the parts of it that are features.
 *
 * @param field milliseconds since 1970 as a number, or a date and time as a text
 * @param parts distinct, at least one
 * @param zone in which the parts are taken, and in which a text without an offset is read
 * @param cyclic whether each part is two numbers, the sine and the cosine of its turn; if not, it is a category
 */
public record TimeSpec(String field, List<TimePart> parts, ZoneId zone, boolean cyclic) {
    private static final String UTC = "UTC";
    private static final SortedMap<String, Boolean> ENCODINGS =
            new TreeMap<>(Map.of("category", false, "cyclic", true));

    public TimeSpec {
        parts = List.copyOf(parts);
    }

    public static List<TimeSpec> read(List<SpecNode> nodes) {
        List<TimeSpec> times = new ArrayList<>();
        Set<String> fields = new HashSet<>();
        for (SpecNode node : nodes) {
            String field = node.fieldName("field");
            List<TimePart> parts = node.someOf("features", TimePart.BY_NAME);
            boolean cyclic = node.oneOf("encoding", "category", ENCODINGS);
            ZoneId zone = zone(node);
            node.end();
            if (!fields.add(field)) {
                throw SpecException.of(node.path("field"), field, "each time once");
            }
            times.add(new TimeSpec(field, parts, zone, cyclic));
        }
        return times;
    }

    private static ZoneId zone(SpecNode node) {
        String expected = "a time zone, such as UTC or Europe/Zurich";
        String zone = node.text("zone", UTC, expected);
        try {
            return ZoneId.of(zone);
        } catch (DateTimeException e) {
            throw SpecException.of(node.path("zone"), zone, expected);
        }
    }

    public Map<String, Object> write() {
        Map<String, Object> mapping = new LinkedHashMap<>();
        mapping.put("field", field);
        List<String> names = new ArrayList<>();
        parts.forEach(part -> names.add(part.label()));
        mapping.put("features", names);
        mapping.put("encoding", cyclic ? "cyclic" : "category");
        mapping.put("zone", zone.getId());
        return mapping;
    }

    /** Returns the name of the feature of a part, which also seeds its hashes. */
    public String feature(TimePart part) {
        return field + "." + part.label();
    }
}
