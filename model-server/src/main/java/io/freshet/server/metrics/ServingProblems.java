package io.freshet.server.metrics;

import io.freshet.schemas.facts.Level;
import io.freshet.schemas.facts.Problem;
import io.freshet.server.store.KeyLabels;
import io.freshet.server.store.ModelStore;
import io.freshet.server.store.ParameterSet;
import io.freshet.server.store.Refusals;
import io.freshet.server.store.ServedModel;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lists what is wrong with how a model is served. Thread-safe. */
public final class ServingProblems {
    private final ModelStore store;
    private final AppliedModels applied;

    public ServingProblems(ModelStore store, AppliedModels applied) {
        this.store = store;
        this.applied = applied;
    }

    /** Returns the problems of a model, in no particular order. */
    public List<Problem> of(String name) {
        List<Problem> problems = new ArrayList<>();
        AppliedModels.Applied spec = applied.get(name);
        if (spec != null && spec.malformed() != null) {
            problems.add(new Problem(
                    Level.BAD,
                    "malformed specification: " + spec.malformed() + " (expected: a valid one; apply it again)"));
        }
        if (store.isUnloaded(name)) {
            problems.add(new Problem(Level.WARNING, "unloaded: not served until it is loaded again"));
        }
        ServedModel model = store.model(name);
        if (model != null) {
            addPins(model, problems);
        }
        addRefusals(name, model, problems);
        return problems;
    }

    /** Returns the version that a model without a key is pinned to, or null. */
    public @Nullable Long pinned(String name) {
        ServedModel model = store.model(name);
        KeyLabels labels = model == null || model.spec().isKeyed() ? null : model.labels("");
        return labels == null || !labels.isPinned()
                ? null
                : (Long) labels.stable().version();
    }

    private static void addPins(ServedModel model, List<Problem> problems) {
        List<KeyLabels> behind = model.labeled().stream()
                .filter(labels -> labels.isPinned() && labels.stable() != labels.newest())
                .toList();
        if (behind.isEmpty()) {
            return;
        }
        KeyLabels first = behind.get(0);
        String others = behind.size() == 1 ? "" : ", as are " + (behind.size() - 1) + " other keys";
        problems.add(new Problem(Level.WARNING, of(model, first.newest()), pin(model, first) + others));
    }

    private static String pin(ServedModel model, KeyLabels labels) {
        ParameterSet stable = labels.stable();
        // The versions in between may not be kept any more.
        int newer = Math.max(1, model.versions(stable.snapshot().key()).indexOf(stable));
        return "pinned to version " + stable.version() + ", though " + newer + " newer "
                + (newer == 1 ? "one is" : "ones are") + " kept, up to "
                + labels.newest().version();
    }

    private static String of(ServedModel model, ParameterSet set) {
        return model.spec().isKeyed() ? "key " + set.snapshot().key() + ": " : "";
    }

    private void addRefusals(String name, @Nullable ServedModel model, List<Problem> problems) {
        List<Refusals.Refusal> refused = store.refusals().of(name);
        if (refused.isEmpty()) {
            return;
        }
        Refusals.Refusal last = refused.get(refused.size() - 1);
        String others = refused.size() == 1 ? "" : ", and those of " + (refused.size() - 1) + " other keys";
        problems.add(new Problem(
                model == null ? Level.BAD : Level.WARNING,
                "refuses version " + last.version() + others + ", since "
                        + Instant.ofEpochMilli(last.since()).truncatedTo(ChronoUnit.SECONDS) + ": "
                        + (last.gated() ? "gate: " : "") + last.reason()));
    }
}
