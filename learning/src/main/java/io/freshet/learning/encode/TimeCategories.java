package io.freshet.learning.encode;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.MurmurHash3;
import io.freshet.learning.features.Row;
import io.freshet.learning.spec.TimePart;
import io.freshet.learning.spec.TimeSpec;
import java.time.LocalDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The parts of a time as categories. A missing time is a value of its own. */
record TimeCategories(List<Part> parts, TimeField field) {
    static final int MISSING = -1;

    /** @param seed of the hashes of its values: the hash of the feature's name */
    private record Part(TimePart part, String feature, int seed) {}

    static TimeCategories of(TimeSpec spec, TimeField field, int seed) {
        return new TimeCategories(
                spec.parts().stream()
                        .map(part -> new Part(part, spec.feature(part), MurmurHash3.hash(spec.feature(part), seed)))
                        .toList(),
                field);
    }

    /** Passes each part of a row's time to a target, as a field of its own. */
    void read(Row row, HashedTarget target) throws InvalidSampleException {
        @Nullable LocalDateTime time = field.read(row);
        for (Part each : parts) {
            int value = time == null ? MISSING : each.part.value(time);
            target.timePart(each.feature, value, MurmurHash3.hash(value, each.seed));
            target.endField();
        }
    }
}
