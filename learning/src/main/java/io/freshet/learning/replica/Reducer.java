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
import io.freshet.learning.replica.MergedPoint.Closing;
import io.freshet.learning.replica.ReducerState.Source;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

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
        ReducerState state = new ReducerState(merged);
        ReplicaSettings settings = rules.of(rules.first()).settings();
        state.specs = new RoundSpecs(settings.staleness(), rules.first());
        for (int replica = 0; replica < settings.count(); replica++) {
            state.sources.add(new Source(new ReplicaRounds(settings.staleness())));
        }
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
            specs = new RoundSpecs(state.sources.get(0).rounds.staleness(), rules.first());
            state.specs = specs;
        }
        return specs;
    }

    /**
     * Closes the next round. Replicas that are due and not in it are silent from now on: no round waits for them until they
     * contribute again.
     *
     * @param members {@link ReducerState#available} ones, in their order: all of them, or those that the round was closed with before a
     *     failure
     * @param windowEnded receives the mean loss of each replica in the round (NaN for one without samples) if a window
     *     ends, while the window and its events are still in the merged state
     * @throws IllegalArgumentException if a member is not available; then the state has not changed
     */
    public MergedPoint close(ReducerState state, List<Member> members, Consumer<List<Double>> windowEnded) {
        return close(state, new Closing(members, null), windowEnded);
    }

    /**
     * Closes the next round, and perhaps announces a specification for the rounds after those that can be open by now.
     *
     * @param closing with members as for {@link #close(ReducerState, List, Consumer)}
     */
    public MergedPoint close(ReducerState state, Closing closing, Consumer<List<Double>> windowEnded) {
        return close(state, closing, List.of(), windowEnded);
    }

    /**
     * Closes the next round, whose contributions have no changes.
     *
     * @param closing as for {@link #close(ReducerState, Closing, Consumer)}
     * @param blocks that a {@link BlockReducer} has merged
     */
    public MergedPoint close(
            ReducerState state, Closing closing, List<MergedPoint.Block> blocks, Consumer<List<Double>> windowEnded) {
        List<Member> members = closing.members();
        List<Member> available = state.available();
        if (!available.containsAll(members)) {
            throw new IllegalArgumentException("members: " + members + " (expected: some of " + available + ")");
        }
        List<Contribution> contributions = state.take(members);
        long round = state.round;
        RoundSpecs specs = specs(state);
        specs.open(round);
        Rules rule = rules.of(specs.current());
        LearnerState merged = merge(rule, state, contributions);
        state.merged = merged;
        for (MergedPoint.Block block : blocks) {
            merged.weights().setParts(block.block(), rule.blocks().parts(), block.values());
            merged.blockVersions()[block.block()] = merged.samples();
        }
        if (merged.window().samples() >= rule.learner().spec().window()) {
            rule.learner()
                    .nextWindow(merged, () -> windowEnded.accept(ReplicaLosses.of(contributions, state.replicas())));
        }
        if (closing.specification() != null) {
            specs.announced(round, closing.specification());
        }
        List<Member> merging = contributions.stream().map(Contribution::member).toList();
        return point(rule, merged, round, new Closing(merging, closing.specification()));
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
        long[] versions = before.blockVersions().clone();
        rule.blocks().merge(contributions, before.weights(), state.slots, versions, before.samples() + samples);
        LearnerState merged = new LearnerState(
                new StateParts.Learned(
                        before.weights(),
                        moments(rule.standardizer(), before, contributions),
                        before.scheduleMemory(),
                        versions,
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
        if (rule.settings().merge().isOfGradients() && samples > 0) {
            rule.learner().step(merged, Math.toIntExact(samples));
        }
        return merged;
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

    private static MergedPoint point(Rules rule, LearnerState merged, long round, Closing closing) {
        List<MergedPoint.Block> blocks = new ArrayList<>();
        StateLayout layout = merged.layout();
        long[] versions = merged.blockVersions();
        for (int block = 0; block < layout.blocks(); block++) {
            if (versions[block] >= merged.samples()) {
                blocks.add(new MergedPoint.Block(
                        block, merged.weights().parts(block, rule.blocks().parts())));
            }
        }
        return new MergedPoint(
                round,
                closing.members(),
                blocks,
                merged.moments().clone(),
                Arrays.copyOf(merged.scheduleMemory(), merged.scheduleMemory().length),
                new MergedPoint.Counts(merged.samples(), merged.updates(), merged.otherUpdates()),
                closing.specification());
    }
}
