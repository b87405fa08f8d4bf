package io.freshet.learning.spec;

import static io.freshet.learning.yaml.Names.atMost;
import static io.freshet.learning.yaml.Names.fieldNames;
import static io.freshet.learning.yaml.Numbers.millis;

import io.freshet.learning.yaml.Durations;
import io.freshet.learning.yaml.Field;
import io.freshet.learning.yaml.Mapping;
import io.freshet.learning.yaml.Names;
import io.freshet.learning.yaml.Section;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the requests of a model are joined with their outcomes, and how the model learns labels that change.
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

    public static final Section<JoinSpec> FIELDS = Section.of(
                    JoinSpec.class,
                    Field.of("within", millis()).check((in, within) -> within > 0 ? null : "a duration above 0"),
                    Field.of("after", millis())
                            .or(JoinSpec::within, "as `within`")
                            .check(JoinSpec::misfitOfAfter)
                            .<JoinSpec>omitIn(join -> join.delayed.waits()),
                    Field.of("grace", millis()).or(JoinSpec::within, "as `within`"),
                    Field.of("several", Names.oneOf(Several.class), Several.LAST),
                    MissingOutcome.FIELDS,
                    Field.of("delayed", Names.oneOf(Delayed.class), Delayed.RETRACT),
                    Field.of("slices", atMost(MAXIMUM_SLICES, "fields", fieldNames()), List.of())
                            .omit(List::isEmpty))
            .means("""
                within: Attribution: an outcome counts if 0 <= its time - the time of its request <= `within`
                after: Event time from a request to its first sample, with the label known by then; 0 for at once. By \
                default, labels are final
                grace: How much longer the join keeps an id, for outcomes that arrive late
                several: How several outcomes of one request become its label, by event time
                delayed: How a label that changes is learned: as the difference of the two gradients, or only once it is \
                final. See [labels that change](learning.md#labels-that-change)
                slices: Up to 8 fields of a request by whose values served predictions are scored
                """);

    public JoinSpec {
        slices = List.copyOf(slices);
    }

    private static long within(Mapping in) {
        return in.get("within", Long.class);
    }

    private static @Nullable String misfitOfAfter(Mapping in, long after) {
        long within = within(in);
        if (after > within) {
            return "up to join.within, " + Durations.write(within);
        }
        return in.get("delayed", Delayed.class).waits() && after < within
                ? "none beside delayed: wait, which waits for join.within"
                : null;
    }

    /** Returns whether the first sample of a request has its final label, unless an outcome arrives late. */
    public boolean isFinalAtOnce() {
        return afterMillis == withinMillis;
    }

    /** Returns how long the join keeps a request: the greatest age of a sample when it is emitted. */
    public long keptMillis() {
        return withinMillis + graceMillis;
    }
}
