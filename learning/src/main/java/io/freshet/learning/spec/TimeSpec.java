package io.freshet.learning.spec;

import io.freshet.learning.yaml.Field;
import io.freshet.learning.yaml.Names;
import io.freshet.learning.yaml.Section;
import io.freshet.learning.yaml.SpecException;
import io.freshet.learning.yaml.Type;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;

/**
 * A field with a date and time, and the parts of it that are features.
 *
 * @param field milliseconds since 1970 as a number, or a date and time as a text
 * @param parts distinct, at least one
 * @param cyclic whether each part is two numbers, the sine and the cosine of its turn; if not, it is a category
 * @param zone in which the parts are taken, and in which a text without an offset is read
 */
public record TimeSpec(String field, List<TimePart> parts, boolean cyclic, ZoneId zone) {
    private static final Type<ZoneId> ZONE =
            Type.of("a time zone, such as UTC or Europe/Zurich", (in, path, value) -> zone(path, value), ZoneId::getId);

    public static final Section<TimeSpec> FIELDS = Section.of(
                    TimeSpec.class,
                    Field.of("field", Names.fieldName()),
                    Field.of("features", Names.someOf(Names.byName(TimePart.class, TimePart::label))),
                    Field.of("encoding", Names.oneOf(Map.of("category", false, "cyclic", true)), false),
                    Field.of("zone", ZONE, ZoneId.of("UTC")))
            .means("""
                field: Field with milliseconds since 1970, or a text such as `2030-01-31T12:00:00Z`, `2030-01-31 12:00`, \
                or `2030-01-31`
                features: Parts of the time
                encoding: Whether each part is a category, or two numbers on a circle: sine and cosine
                zone: Time zone of the parts, and of a text without an offset
                """)
            .shortBy("field");

    public TimeSpec {
        parts = List.copyOf(parts);
    }

    private static ZoneId zone(String path, Object value) {
        try {
            return ZoneId.of(value.toString());
        } catch (DateTimeException e) {
            throw SpecException.of(path, value, ZONE.expected());
        }
    }

    /** Returns the name of the feature of a part, which also seeds its hashes. */
    public String feature(TimePart part) {
        return field + "." + part.label();
    }
}
