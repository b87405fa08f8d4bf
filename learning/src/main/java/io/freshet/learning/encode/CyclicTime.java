package io.freshet.learning.encode;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.math.Transcendental;
import io.freshet.learning.spec.TimePart;
import io.freshet.learning.spec.TimeSpec;
import java.time.LocalDateTime;
import org.jspecify.annotations.Nullable;

/** The parts of a time as numbers: the sine and the cosine of each turn, or 0 and 0 if the time is missing. */
record CyclicTime(TimeSpec spec, TimeField field) {
    /** Writes the numbers of a row to {@code to[at...]}, and returns the index after them. */
    int write(Row row, double[] to, int at) throws InvalidSampleException {
        @Nullable LocalDateTime time = field.read(row);
        int next = at;
        for (TimePart part : spec.parts()) {
            double angle = time == null ? 0 : 2 * Math.PI * part.turn(time);
            to[next++] = time == null ? 0 : Transcendental.sin(angle);
            to[next++] = time == null ? 0 : Transcendental.cos(angle);
        }
        return next;
    }
}
