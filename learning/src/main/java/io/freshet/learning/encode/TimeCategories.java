package io.freshet.learning.encode;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.MurmurHash3;
import io.freshet.learning.features.Row;
import io.freshet.learning.spec.TimePart;
import io.freshet.learning.spec.TimeSpec;
import java.time.LocalDateTime;
import org.jspecify.annotations.Nullable;

/** The parts of a time as categories. A missing time is a value of its own. */
record TimeCategories(TimePart[] parts, int[] seeds, TimeField field) {
    private static final int MISSING = -1;

    static TimeCategories of(TimeSpec spec, TimeField field, int seed) {
        return new TimeCategories(
                spec.parts().toArray(TimePart[]::new),
                spec.parts().stream()
                        .mapToInt(part -> MurmurHash3.hash(spec.feature(part), seed))
                        .toArray(),
                field);
    }

    /** Returns the hash of each part of a row's time. */
    int[] hashes(Row row) throws InvalidSampleException {
        @Nullable LocalDateTime time = field.read(row);
        int[] hashes = new int[parts.length];
        for (int i = 0; i < hashes.length; i++) {
            hashes[i] = MurmurHash3.hash(time == null ? MISSING : parts[i].value(time), seeds[i]);
        }
        return hashes;
    }
}
