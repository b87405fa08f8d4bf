package io.freshet.learning.replica;

import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.evaluation.UpdateTally;
import io.freshet.learning.features.Standardizer;
import io.freshet.learning.learner.EpochProgress;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.learner.StateParts;
import io.freshet.learning.lineage.Lineage;
import io.freshet.learning.merge.BlockChange;
import io.freshet.learning.merge.MeanMerge;
import io.freshet.learning.merge.Merge.WeightedChange;
import io.freshet.learning.merge.ReplicaSettings;
import io.freshet.learning.parameters.Gradient;
import io.freshet.learning.parameters.StateLayout;
import io.freshet.learning.parameters.Weights;
import io.freshet.learning.replica.ReducerState.Source;
import io.freshet.learning.spec.ReplicaSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Merges the contributions of replicas, round by round, into a state like that of one learner.
 *
 * <p>A round is complete once every replica that is due has contributed: {@link #isComplete}. It may be closed earlier, without
 * silent replicas; the merged point lists its members. A contribution that missed its round is merged in the next. Contributions are
 * merged in the order of replicas and of their rounds, so the result depends only on who is in which round, not on who was faster.
 *
 * <p>Windows of metrics end with a round, once they have enough samples; then the schedule, the detectors, and the divergence
 * policy apply to the merged state. Holds scratch space: use one per thread.
 */
public final class Reducer {
    private final Learner learner;
    private final ReplicaSettings settings;
    private final Standardizer standardizer;
    private final int parts;

    /** @throws IllegalArgumentException if the model cannot be learned by such replicas */
    public Reducer(Learner learner, ReplicaSettings settings) {
        String misfit = ReplicaSpec.misfit(learner.spec(), settings);
        if (misfit != null) {
            throw new IllegalArgumentException(misfit);
        }
        this.learner = learner;
        this.settings = settings;
        standardizer = learner.spec().features().standardizer();
        parts = settings.parts(learner.spec().optimizer());
    }

    /** Returns the state before the first round; it uses the given one, with its warm start. */
    public ReducerState start(LearnerState merged) {
        warm(merged);
        ReducerState state = new ReducerState(merged);
        for (int replica = 0; replica < settings.count(); replica++) {
            state.sources.add(new Source(new ReplicaRounds(settings.staleness())));
        }
        return state;
    }

    private void warm(LearnerState merged) {
        if (learner.needsRebase(merged)) {
            learner.rebase(merged, "");
        }
    }

    /**
     * Returns whether the next contribution of a replica can be received. One that is read again after a failure may be from a
     * round that starts from a point that is not merged yet.
     */
    public boolean canReceive(ReducerState state, int replica) {
        return state.sources.get(replica).rounds.canOpen();
    }

    /** Receives a contribution. One received again is ignored. */
    public void receive(ReducerState state, Contribution contribution) {
        Source source = state.sources.get(contribution.member().replica());
        if (contribution.member().round() <= source.rounds.last()) {
            return;
        }
        source.pending.add(contribution);
        source.rounds.contributed(contribution.member().round());
        source.silent = false;
    }

    /** Records that a replica has no more samples. */
    public void end(ReducerState state, int replica) {
        state.sources.get(replica).ended = true;
    }

    /** Returns whether the next round can close with all replicas that are due, and that is of use. */
    public boolean isComplete(ReducerState state) {
        return awaited(state).isEmpty() && hasUnmerged(state);
    }

    /**
     * Returns whether there are contributions that are not merged. They may all be of later rounds, if a replica skipped rounds
     * after a late contribution; then the next round may close without any.
     */
    public boolean hasUnmerged(ReducerState state) {
        return state.sources.stream().anyMatch(source -> !source.pending.isEmpty());
    }

    /** Returns the contributions that the next round can be closed with now: those received for it, and late ones. */
    public List<Member> available(ReducerState state) {
        List<Member> members = new ArrayList<>();
        for (Source source : state.sources) {
            for (Contribution each : source.pending) {
                if (each.member().round() <= state.round + 1) {
                    members.add(each.member());
                }
            }
        }
        return members;
    }

    /** Returns the replicas that the next round waits for. */
    public List<Integer> awaited(ReducerState state) {
        List<Integer> awaited = new ArrayList<>();
        for (int replica = 0; replica < state.replicas(); replica++) {
            if (isDue(state.sources.get(replica), state.round + 1)) {
                awaited.add(replica);
            }
        }
        return awaited;
    }

    /** Returns whether a round waits for a contribution of a replica. */
    private static boolean isDue(Source source, long round) {
        return !source.ended && !source.silent && source.rounds.canOpen() && source.rounds.next() <= round;
    }

    /**
     * Closes the next round. Replicas that are due and not in it are silent from now on: no round waits for them until they
     * contribute again.
     *
     * @param members {@link #available} ones, in their order: all of them, or those that the round was closed with before a
     *     failure
     * @param windowEnded receives the mean loss of each replica in the round (NaN for one without samples) if a window
     *     ends, while the window and its events are still in the merged state
     * @throws IllegalArgumentException if a member is not available; then the state has not changed
     */
    public MergedPoint close(ReducerState state, List<Member> members, Consumer<List<Double>> windowEnded) {
        List<Member> available = available(state);
        if (!available.containsAll(members)) {
            throw new IllegalArgumentException("members: " + members + " (expected: some of " + available + ")");
        }
        long round = ++state.round;
        List<Contribution> contributions = take(state, round, members);
        LearnerState merged = merge(state, contributions);
        state.merged = merged;
        if (merged.window().samples() >= learner.spec().window()) {
            learner.nextWindow(merged, () -> windowEnded.accept(ReplicaLosses.of(contributions, settings.count())));
        }
        return point(merged, round, contributions);
    }

    private static List<Contribution> take(ReducerState state, long round, List<Member> members) {
        List<Contribution> contributions = new ArrayList<>();
        for (Source source : state.sources) {
            source.silent |= isDue(source, round);
            while (!source.pending.isEmpty()
                    && members.contains(source.pending.element().member())) {
                contributions.add(source.pending.remove());
                source.rounds.merged(round);
            }
        }
        return contributions;
    }

    private LearnerState merge(ReducerState state, List<Contribution> contributions) {
        LearnerState before = state.merged;
        warm(before);
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
        mergeBlocks(state, contributions, samples, versions);
        LearnerState merged = new LearnerState(
                new StateParts.Learned(
                        before.weights(),
                        moments(before, contributions),
                        before.scheduleMemory(),
                        versions,
                        before.lastGood(),
                        before.savedBest()),
                before.pending(),
                validation(before, contributions),
                lineage(before, contributions),
                new StateParts.Counts(
                        before.samples() + samples,
                        before.updates() + mostUpdates,
                        before.rejected() + rejected,
                        before.windows(),
                        before.otherUpdates() + updates - mostUpdates));
        if (settings.merge().isOfGradients() && samples > 0) {
            learner.step(merged, Math.toIntExact(samples));
        }
        return merged;
    }

    private void mergeBlocks(ReducerState state, List<Contribution> contributions, long samples, long[] versions) {
        Map<Integer, List<WeightedChange>> byBlock = new TreeMap<>();
        for (Contribution contribution : contributions) {
            double share = share(contribution, contributions, samples);
            for (BlockChange change : contribution.changes()) {
                byBlock.computeIfAbsent(change.block(), block -> new ArrayList<>())
                        .add(new WeightedChange(change, share));
            }
        }
        if (settings.merge().isOfGradients()) {
            mergeGradients(state.merged, byBlock, versions, samples);
            return;
        }
        Weights weights = state.merged.weights();
        byBlock.forEach((block, changes) -> {
            float[] values = weights.parts(block, parts);
            int length = values.length / parts;
            float[][] slots = state.slots.computeIfAbsent(
                    block, b -> new float[settings.merge().slots()][length]);
            settings.merge().merge(values, length, changes, slots);
            MeanMerge.merge(values, length, 1, parts, changes);
            SquaredGradients.limit(
                    values, length, 1 + learner.spec().optimizer().squares());
            weights.setParts(block, parts, values);
            versions[block] = state.merged.samples() + samples;
        });
    }

    private double share(Contribution contribution, List<Contribution> round, long samples) {
        if (!settings.merge().isOfGradients()) {
            return samples == 0 ? 0 : (double) contribution.counts().samples() / samples;
        }
        double weight = 0;
        for (Contribution each : round) {
            weight += each.validation().window().weight();
        }
        return weight == 0 ? 0 : 1 / weight;
    }

    /** Fills the gradient of the learner, for one step. */
    private void mergeGradients(
            LearnerState before, Map<Integer, List<WeightedChange>> byBlock, long[] versions, long samples) {
        Gradient gradient = learner.gradient();
        gradient.clear();
        StateLayout layout = before.layout();
        byBlock.forEach((block, changes) -> {
            int from = layout.blockStart(block);
            float[] values = new float[layout.blockEnd(block) - from];
            settings.merge().merge(values, values.length, changes, new float[0][]);
            GradientSum.fill(gradient, from, values, changes);
            versions[block] = before.samples() + samples;
        });
        if (gradient.denseLength() > 0) {
            Arrays.fill(
                    versions,
                    gradient.denseFrom() / layout.blockParameters(),
                    versions.length,
                    before.samples() + samples);
        }
    }

    private double[] moments(LearnerState before, List<Contribution> contributions) {
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

    private Lineage lineage(LearnerState before, List<Contribution> contributions) {
        Lineage lineage = before.lineage();
        for (Contribution each : contributions) {
            lineage.merged(each.lineage(), each.counts().received(), learner.hash(), before.samples());
        }
        return lineage;
    }

    private MergedPoint point(LearnerState merged, long round, List<Contribution> contributions) {
        List<MergedPoint.Block> blocks = new ArrayList<>();
        StateLayout layout = merged.layout();
        long[] versions = merged.blockVersions();
        for (int block = 0; block < layout.blocks(); block++) {
            if (versions[block] >= merged.samples()) {
                blocks.add(new MergedPoint.Block(block, merged.weights().parts(block, parts)));
            }
        }
        return new MergedPoint(
                round,
                contributions.stream().map(Contribution::member).toList(),
                blocks,
                merged.moments().clone(),
                Arrays.copyOf(merged.scheduleMemory(), merged.scheduleMemory().length),
                new MergedPoint.Counts(merged.samples(), merged.updates(), merged.otherUpdates()));
    }
}
