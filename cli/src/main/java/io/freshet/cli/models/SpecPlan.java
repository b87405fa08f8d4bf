package io.freshet.cli.models;

import io.freshet.cli.input.InputException;
import io.freshet.learning.predict.WarmStart;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.SpecCompatibility;
import io.freshet.learning.spec.WarmStartReference;
import io.freshet.learning.yaml.FieldChange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The effect of applying a specification.
 *
 * @param before the specification on the models topic, or null
 * @param malformed why the record on the models topic cannot be read, or null
 * @param after the specification that replaces it
 * @param differences the changed fields; empty if {@code before} is null
 */
record SpecPlan(
        @Nullable ModelSpec before, @Nullable String malformed, ModelSpec after, List<FieldChange> differences) {
    /**
     * Plans to apply a specification.
     *
     * @param warmStart parameters to start from, or null
     * @throws InputException if the existing state or the parameters are incompatible; the message has both values
     */
    static SpecPlan of(@Nullable ModelSpec before, ModelSpec requested, @Nullable WarmStart warmStart)
            throws InputException {
        WarmStartReference inUse = before == null ? null : before.stream().warmStart();
        WarmStartReference reference = requested.stream().warmStart();
        if (warmStart != null) {
            requireFit(requested, "--from", warmStart.misfit(requested));
            // Keep the reference if only the model name or version differs, not the parameters.
            boolean same = inUse != null
                    && inUse.checksum().equals(warmStart.warmStart().checksum());
            reference = same ? inUse : warmStart.warmStart();
        } else if (reference == null && before != null && SpecCompatibility.misfit(before, requested) == null) {
            reference = inUse;
        } else if (reference != null && !reference.equals(inUse)) {
            throw new InputException("model " + requested.name() + ": warmStart: " + reference
                    + " (expected: no warmStart, which keeps the current one, or --from)");
        } else if (reference != null && before != null) {
            requireFit(requested, "warmStart", SpecCompatibility.misfit(before, requested));
        }
        ModelSpec after = requested.withStream(requested.stream().withWarmStart(reference));
        if (before == null) {
            return new SpecPlan(null, null, after, List.of());
        }
        String refusal = SpecCompatibility.refusal(before, after);
        if (refusal != null) {
            throw new InputException("model " + requested.name() + ": " + refusal);
        }
        List<FieldChange> differences = before.changes(after);
        return new SpecPlan(before, null, differences.isEmpty() ? before : after, differences);
    }

    /**
     * Plans to replace a specification that cannot be read. The job may have it from an earlier version, the one before it, or
     * none, so only a specification that permits a reset replaces it.
     *
     * @throws InputException if {@code requested} does not permit a reset, or the parameters are incompatible
     */
    static SpecPlan replacing(String malformed, ModelSpec requested, @Nullable WarmStart warmStart)
            throws InputException {
        if (!requested.stream().reset()) {
            throw new InputException("model " + requested.name() + ": " + malformed
                    + "; whether its state fits is unknown (expected: reset: true, or --reset, to start from scratch if"
                    + " it does not, or the model deleted and applied again)");
        }
        SpecPlan created = of(null, requested, warmStart);
        return new SpecPlan(null, malformed, created.after, List.of());
    }

    private static void requireFit(ModelSpec requested, String field, @Nullable String misfit) throws InputException {
        if (misfit != null) {
            throw new InputException("model " + requested.name() + ": " + field + ": " + misfit);
        }
    }

    String state() {
        if (before == null) {
            return malformed == null ? "created" : "replaced";
        }
        return differences.isEmpty() ? "unchanged" : "changed";
    }

    boolean isChange() {
        return before == null || !differences.isEmpty();
    }

    /** Whether the model starts from parameters that are not on the models topic yet. */
    boolean startsFromOtherParameters() {
        WarmStartReference inUse = before == null ? null : before.stream().warmStart();
        WarmStartReference next = after.stream().warmStart();
        return next != null && (inUse == null || !next.checksum().equals(inUse.checksum()));
    }

    /** Whether the model's state is discarded. */
    boolean startsFromScratch() {
        return before != null && !SpecCompatibility.continues(before, after);
    }
}
