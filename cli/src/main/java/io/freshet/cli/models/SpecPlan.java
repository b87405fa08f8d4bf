package io.freshet.cli.models;

import io.freshet.cli.input.InputException;
import io.freshet.learning.learner.WarmStart;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.SpecCompatibility;
import io.freshet.learning.spec.WarmStartReference;
import io.freshet.learning.variants.SpecDifference;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What applying a specification will do.
 *
 * @param before what the models topic holds, or null
 * @param after what it will hold
 * @param differences between them; none where there was nothing before
 */
record SpecPlan(@Nullable ModelSpec before, ModelSpec after, List<SpecDifference> differences) {
    /**
     * Plans to apply a specification.
     *
     * @param base the warm start, or null
     * @throws InputException if the model cannot switch to it; names both values
     */
    static SpecPlan of(@Nullable ModelSpec before, ModelSpec asked, @Nullable WarmStart base) throws InputException {
        WarmStartReference inUse = before == null ? null : before.stream().warmStart();
        WarmStartReference named = asked.stream().warmStart();
        if (base != null) {
            check(asked, "--from", base.misfit(asked));
            // The same parameters under another name are the same.
            boolean same =
                    inUse != null && inUse.checksum().equals(base.warmStart().checksum());
            named = same ? inUse : base.warmStart();
        } else if (named == null && before != null && SpecCompatibility.misfit(before, asked) == null) {
            named = inUse;
        } else if (named != null && !named.equals(inUse)) {
            throw new InputException("model " + asked.name() + ": warmStart: " + named
                    + " (expected: none, which keeps what it starts from, or --from)");
        } else if (named != null && before != null) {
            check(asked, "warmStart", SpecCompatibility.misfit(before, asked));
        }
        ModelSpec after = asked.withStream(asked.stream().withWarmStart(named));
        if (before == null) {
            return new SpecPlan(null, after, List.of());
        }
        String refusal = SpecCompatibility.refusal(before, after);
        if (refusal != null) {
            throw new InputException("model " + asked.name() + ": " + refusal);
        }
        List<SpecDifference> differences = SpecDifference.between(before, after);
        return new SpecPlan(before, differences.isEmpty() ? before : after, differences);
    }

    private static void check(ModelSpec asked, String what, @Nullable String misfit) throws InputException {
        if (misfit != null) {
            throw new InputException("model " + asked.name() + ": " + what + ": " + misfit);
        }
    }

    String state() {
        if (before == null) {
            return "created";
        }
        return differences.isEmpty() ? "unchanged" : "changed";
    }

    boolean isChange() {
        return before == null || !differences.isEmpty();
    }

    /** Whether the model has other parameters to start from than those that the models topic holds already. */
    boolean goesOver() {
        WarmStartReference inUse = before == null ? null : before.stream().warmStart();
        WarmStartReference named = after.stream().warmStart();
        return named != null && (inUse == null || !named.checksum().equals(inUse.checksum()));
    }

    /** Whether the model loses what it has learned. */
    boolean startsFromScratch() {
        return before != null && !Objects.equals(before.stateHash(), after.stateHash());
    }
}
