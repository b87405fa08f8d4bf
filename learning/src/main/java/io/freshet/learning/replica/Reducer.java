package io.freshet.learning.replica;

import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.evaluation.UpdateTally;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.features.Standardizer;
import io.freshet.learning.learner.EpochProgress;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.learner.StateParts;
import io.freshet.learning.spec.ReplicaSettings;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Merges the contributions of replicas, round by round, into a state like that of one learner.
 *
 * <p>{@link ReducerState} says who may be in a round; the merged point lists who was. Contributions are merged in the order of
 * replicas and of their rounds, so the result depends only on who is in which round, not on who was faster.
 *
 * <p>Windows of metrics end with a round, once they have enough samples; then the schedule, the detectors, and the divergence
 * policy apply to the merged state. Holds scratch space: use one per thread.
 */
public final class Reducer {
    private final RulesBySpec<Rules> rules;
    private final ReplicaSettings settings;

    /** The rules of one specification. */
    private record Rules(Learner learner, ReplicaSettings settings, Standardizer standardizer, BlockMerge blocks) {
        static Rules of(Learner learner, ReplicaSettings settings) {
            return new Rules(
                    learner, settings, learner.spec().features().standardizer(), new BlockMerge(learner, settings));
        }
    }

    /**
     * @param learner of the first specification; learners of others are created when they are announced
     * @throws IllegalArgumentException if the model cannot be learned by such replicas
     */
    public Reducer(Learner learner, ReplicaSettings settings) {
        rules = new RulesBySpec<>(learner, settings, Rules::of);
        this.settings = settings;
    }

    /** Returns the state before the first round; it uses the given one, with its warm start. */
    public ReducerState start(LearnerState merged) {
        rules.warmInPlace(merged);
        List<ReplicaRounds> rounds = new ArrayList<>();
        for (int replica = 0; replica < settings.count(); replica++) {
            rounds.add(new ReplicaRounds(settings.staleness()));
        }
        return new ReducerState(merged, rounds, new RoundSpecs(settings.staleness(), rules.first()));
    }

    /** Returns the learner of the next round. */
    public Learner learner(ReducerState state) {
        return rules.of(state.specs.of(state.round() + 1)).learner();
    }

    /** Returns the newest specification that was announced, as YAML. */
    public String specification(ReducerState state) {
        return state.specs.newest();
    }

    /**
     * A round that was closed. If it ends a window, the window and its events are in the merged state until {@link Reducer#point}.
     *
     * @param losses mean loss of each replica in the round (NaN for one without samples) if it ends a window; otherwise null
     * @param blocks that were merged, with the numbers that the merged state has
     */
    public record ClosedRound(Closing closing, @Nullable List<Double> losses, SortedMap<Integer, float[]> blocks) {}

    /**
     * Closes the next round, and perhaps announces a specification for the rounds after those that can be open by now. Replicas that are
     * due and not in it are silent from now on: no round waits for them until they contribute again.
     *
     * @param closing with {@link ReducerState#available} members, in their order: all of them, or those that the round was closed with
     *     before a failure
     * @throws IllegalArgumentException if it is another round, or a member is not available; then the state has not changed
     */
    public MergedPoint close(ReducerState state, Closing closing) {
        return point(state, merge(state, closing));
    }

    /**
     * Merges the next round. {@link #point} must follow.
     *
     * @param closing as for {@link #close}
     */
    public ClosedRound merge(ReducerState state, Closing closing) {
        List<ContributionId> available = state.available();
        if (closing.round() != state.round() + 1 || !available.containsAll(closing.members())) {
            throw new IllegalArgumentException("closing: " + closing + " (expected: round " + (state.round() + 1)
                    + " with some of " + available + ")");
        }
        List<Contribution> contributions = state.take(closing);
        Rules rule = rules.of(state.specs.current());
        LearnerState merged = merge(rule, state, contributions);
        state.merged = merged;
        SortedMap<Integer, float[]> known = new TreeMap<>();
        if (rule.settings().mergesGradients()) {
            step(rule, merged, contributions);
        } else {
            known = rule.blocks().merge(contributions, merged.weights());
            use(rule, merged, known);
        }
        List<Double> losses = null;
        if (merged.window().samples() >= rule.learner().spec().window()) {
            losses = losses(contributions, state.replicas());
            rule.learner().endWindow(merged);
            // The divergence policy may have restored other parameters.
            known = new TreeMap<>();
        }
        List<ContributionId> merging =
                contributions.stream().map(Contribution::member).toList();
        return new ClosedRound(new Closing(closing.round(), merging, closing.specification()), losses, known);
    }

    /** Returns the merged point of the round that {@link #merge} has just closed, and begins the next window if it ended one. */
    public MergedPoint point(ReducerState state, ClosedRound closed) {
        LearnerState merged = state.merged;
        if (closed.losses() != null) {
            merged.nextWindow();
        }
        int parts = rules.of(state.specs.current()).blocks().parts();
        SortedMap<Integer, float[]> blocks = new TreeMap<>();
        for (int block = 0; block < merged.layout().blocks(); block++) {
            if (merged.blockVersions()[block] >= merged.samples()) {
                float[] known = closed.blocks().get(block);
                blocks.put(block, known == null ? merged.weights().parts(block, parts) : known);
            }
        }
        return new MergedPoint(closed.closing(), blocks, MergedPoint.Totals.of(merged));
    }

    /** Returns the mean loss of the samples of each replica before it learned them; NaN for one that contributed no samples. */
    private static List<Double> losses(List<Contribution> round, int replicas) {
        double[] sums = new double[replicas];
        double[] weights = new double[replicas];
        for (Contribution each : round) {
            Tally window = each.validation().window();
            if (window.weight() > 0) {
                sums[each.member().replica()] += window.loss() * window.weight();
                weights[each.member().replica()] += window.weight();
            }
        }
        return IntStream.range(0, replicas)
                .mapToObj(replica -> sums[replica] / weights[replica])
                .toList();
    }

    /** Steps along the mean gradient of the contributions. */
    private static void step(Rules rule, LearnerState merged, List<Contribution> contributions) {
        long samples = contributions.stream()
                .mapToLong(each -> each.counts().samples())
                .sum();
        BitSet changed = rule.blocks().merge(contributions, rule.learner().gradient(), merged.layout());
        changed.stream().forEach(block -> merged.blockVersions()[block] = merged.samples());
        if (samples > 0) {
            rule.learner().step(merged, Math.toIntExact(samples));
        }
    }

    private static void use(Rules rule, LearnerState merged, SortedMap<Integer, float[]> blocks) {
        blocks.forEach((block, values) -> {
            merged.weights().setParts(block, rule.blocks().parts(), values);
            merged.blockVersions()[block] = merged.samples();
        });
    }

    private LearnerState merge(Rules rule, ReducerState state, List<Contribution> contributions) {
        LearnerState before = state.merged;
        rules.warmInPlace(before);
        if (before.lineage().isChange(rule.learner().hash())) {
            rule.learner().begin(before);
        }
        long samples = 0;
        long updates = 0;
        long mostUpdates = 0;
        long rejected = 0;
        for (Contribution each : contributions) {
            samples += each.counts().samples();
            updates += each.counts().updates();
            mostUpdates = Math.max(mostUpdates, each.counts().updates());
            rejected += each.counts().rejected();
        }
        return new LearnerState(
                new StateParts.Learned(
                        before.weights(),
                        moments(rule.standardizer(), before, contributions),
                        before.updateMemory(),
                        before.blockVersions().clone(),
                        before.lastGood(),
                        before.savedBest()),
                before.pending(),
                validation(before, contributions),
                lineage(rule.learner().hash(), before, contributions),
                new StateParts.Counts(
                        before.samples() + samples,
                        before.updates() + mostUpdates,
                        before.rejected() + rejected,
                        before.windows(),
                        before.otherUpdates() + updates - mostUpdates));
    }

    private static double[] moments(Standardizer standardizer, LearnerState before, List<Contribution> contributions) {
        double[] round = standardizer.start();
        for (Contribution each : contributions) {
            round = standardizer.pooled(round, each.moments());
        }
        return standardizer.followed(before.moments(), round);
    }

    private static StateParts.Validation validation(LearnerState before, List<Contribution> contributions) {
        Tally window = before.window();
        UpdateTally updates = before.updateWindow();
        EpochProgress progress = before.epochProgress();
        Tally holdout = progress.holdout();
        for (Contribution each : contributions) {
            window.add(each.validation().window());
            updates.add(each.validation().updates());
            holdout.add(each.validation().holdout());
        }
        return new StateParts.Validation(window, before.closed(), updates, progress, before.watcher());
    }

    private static Lineage lineage(String specHash, LearnerState before, List<Contribution> contributions) {
        Lineage lineage = before.lineage();
        for (Contribution each : contributions) {
            lineage.merged(each.lineage(), each.counts().received(), specHash, before.samples());
        }
        return lineage;
    }
}
