package io.freshet.learning.replica;

import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.evaluation.UpdateTally;
import io.freshet.learning.features.Standardizer;
import io.freshet.learning.learner.EpochProgress;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.learner.StateParts;
import io.freshet.learning.lineage.Lineage;
import io.freshet.learning.merge.ReplicaSettings;
import io.freshet.learning.parameters.StateLayout;
import io.freshet.learning.replica.MergedPoint.Block;
import io.freshet.learning.replica.MergedPoint.Closing;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
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
    private final BySpecification<Rules> rules;
    /** Those of one specification. */
    private record Rules(Learner learner, ReplicaSettings settings, Standardizer standardizer, BlockMerge blocks) {
        static Rules of(Learner learner, ReplicaSettings settings) {
            return new Rules(
                    learner, settings, learner.spec().features().standardizer(), new BlockMerge(learner, settings));
        }

        /** Merges all blocks, as a {@link BlockReducer} merges its own. */
        List<Block> merge(ReducerState state, List<Contribution> contributions) {
            List<BlockChanges> changes =
                    contributions.stream().map(each -> each.changes(0, 1)).toList();
            return blocks.merge(changes, block -> state.merged.weights().parts(block, blocks.parts()), state.slots);
        }
    }

    /**
     * @param learner of the first specification; those of others are created when they are announced
     * @throws IllegalArgumentException if the model cannot be learned by such replicas
     */
    public Reducer(Learner learner, ReplicaSettings settings) {
        rules = new BySpecification<>(learner, settings, Rules::of);
    }

    /** Returns the state before the first round; it uses the given one, with its warm start. */
    public ReducerState start(LearnerState merged) {
        rules.warmInPlace(merged);
        ReplicaSettings settings = rules.of(rules.first()).settings();
        List<ReplicaRounds> rounds = new ArrayList<>();
        for (int replica = 0; replica < settings.count(); replica++) {
            rounds.add(new ReplicaRounds(settings.staleness()));
        }
        ReducerState state = new ReducerState(merged, rounds);
        state.specs = new RoundSpecs(settings.staleness(), rules.first());
        return state;
    }

    /** Returns the learner of the next round. */
    public Learner learner(ReducerState state) {
        return rules.of(specs(state).of(state.round + 1)).learner();
    }

    /** Returns the newest specification that was announced, as YAML. */
    public String specification(ReducerState state) {
        return specs(state).newest();
    }

    private RoundSpecs specs(ReducerState state) {
        RoundSpecs specs = state.specs;
        if (specs == null) {
            specs = new RoundSpecs(state.rounds.get(0).staleness(), rules.first());
            state.specs = specs;
        }
        return specs;
    }

    /**
     * A round that was closed. If it ends a window, the window and its events are in the merged state until {@link Reducer#point}.
     *
     * @param number of the round
     * @param losses mean loss of each replica in the round (NaN for one without samples) if it ends a window; otherwise null
     */
    public record ClosedRound(
            long number, Closing closing, @Nullable List<Double> losses) {}

    /**
     * Closes the next round. Replicas that are due and not in it are silent from now on: no round waits for them until they
     * contribute again.
     *
     * @param members {@link ReducerState#available} ones, in their order: all of them, or those that the round was closed with before a
     *     failure
     * @throws IllegalArgumentException if a member is not available; then the state has not changed
     */
    public MergedPoint close(ReducerState state, List<Member> members) {
        return close(state, new Closing(members, null));
    }

    /**
     * Closes the next round, and perhaps announces a specification for the rounds after those that can be open by now.
     *
     * @param closing with members as for {@link #close(ReducerState, List)}
     */
    public MergedPoint close(ReducerState state, Closing closing) {
        return point(state, merge(state, closing, null));
    }

    /**
     * Merges the next round. {@link #point} must follow.
     *
     * @param closing as for {@link #close(ReducerState, Closing)}
     * @param blocks that {@link BlockReducer}s have merged, if contributions have no changes; otherwise null
     */
    public ClosedRound merge(ReducerState state, Closing closing, @Nullable List<Block> blocks) {
        List<Member> available = state.available();
        if (!available.containsAll(closing.members())) {
            throw new IllegalArgumentException(
                    "members: " + closing.members() + " (expected: some of " + available + ")");
        }
        List<Contribution> contributions = state.take(closing.members());
        RoundSpecs specs = specs(state);
        specs.open(state.round);
        Rules rule = rules.of(specs.current());
        LearnerState merged = merge(rule, state, contributions);
        state.merged = merged;
        if (rule.settings().merge().isOfGradients()) {
            step(rule, merged, contributions);
        } else {
            use(rule, merged, blocks == null ? rule.merge(state, contributions) : blocks);
        }
        List<Double> losses = null;
        if (merged.window().samples() >= rule.learner().spec().window()) {
            losses = ReplicaLosses.of(contributions, state.replicas());
            rule.learner().endWindow(merged);
        }
        List<Member> merging = contributions.stream().map(Contribution::member).toList();
        return new ClosedRound(state.round, new Closing(merging, closing.specification()), losses);
    }

    /** Returns the merged point of the round that {@link #merge} has just closed, and begins the next window if it ended one. */
    public MergedPoint point(ReducerState state, ClosedRound closed) {
        RoundSpecs specs = specs(state);
        Rules rule = rules.of(specs.current());
        if (closed.losses() != null) {
            state.merged.nextWindow();
        }
        if (closed.closing().specification() != null) {
            specs.announced(closed.number(), closed.closing().specification());
        }
        return point(rule, state.merged, closed);
    }

    /** Steps along the mean gradient of the contributions. */
    private static void step(Rules rule, LearnerState merged, List<Contribution> contributions) {
        long samples = 0;
        List<BlockChanges> sums = new ArrayList<>();
        for (Contribution each : contributions) {
            samples += each.counts().samples();
            sums.add(each.gradients());
        }
        BitSet changed = rule.blocks().merge(sums, rule.learner().gradient(), merged.layout());
        changed.stream().forEach(block -> merged.blockVersions()[block] = merged.samples());
        if (samples > 0) {
            rule.learner().step(merged, Math.toIntExact(samples));
        }
    }

    private static void use(Rules rule, LearnerState merged, List<Block> blocks) {
        for (Block block : blocks) {
            merged.weights().setParts(block.block(), rule.blocks().parts(), block.values());
            merged.blockVersions()[block.block()] = merged.samples();
        }
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
                        before.scheduleMemory(),
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

    private static MergedPoint point(Rules rule, LearnerState merged, ClosedRound closed) {
        List<Block> blocks = new ArrayList<>();
        StateLayout layout = merged.layout();
        long[] versions = merged.blockVersions();
        for (int block = 0; block < layout.blocks(); block++) {
            if (versions[block] >= merged.samples()) {
                blocks.add(new Block(
                        block, merged.weights().parts(block, rule.blocks().parts())));
            }
        }
        return new MergedPoint(
                closed.number(),
                closed.closing().members(),
                blocks,
                merged.moments().clone(),
                merged.scheduleMemory().clone(),
                new MergedPoint.Counts(merged.samples(), merged.updates(), merged.otherUpdates()),
                closed.closing().specification());
    }
}
