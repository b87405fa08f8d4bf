package io.freshet.learning.replica;

import io.freshet.learning.evaluation.UpdateTally;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.features.Sample;
import io.freshet.learning.features.Standardizer;
import io.freshet.learning.learner.EpochProgress;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.learner.OpenPredictions;
import io.freshet.learning.learner.StateParts;
import io.freshet.learning.model.StateLayout;
import io.freshet.learning.optimizer.Optimizer;
import io.freshet.learning.replica.ReplicaState.OpenRound;
import io.freshet.learning.spec.ReplicaSettings;
import org.jspecify.annotations.Nullable;

/**
 * Learns the samples of one replica, round by round, and contributes what it learned.
 *
 * <pre>
 *   open         theta = merged point + own contributions that the point lacks      {@link ReplicaRounds} says which point
 *   learn        {@code period} received samples, by an ordinary {@link Learner}
 *   contribute   theta - theta at opening, counts, moments, and metrics of the round
 * </pre>
 *
 * Rejected and held-out samples count toward the period, so that the samples of a round follow from the log
 * alone. Samples that are pending in a batch at the end of a round stay pending, and are learned in the next.
 *
 * <p>Between rounds, a replica may have to wait for a merged point: {@link #isReady}. What it learns depends only on its
 * samples and on the sequence of merged points, not on when they are received. One replica serves any number of states of
 * the model. It holds scratch space: use one per thread.
 */
public final class Replica {
    private final RulesBySpec<Rules> rules;

    /** The rules of one specification. */
    private record Rules(
            Learner learner,
            ReplicaSettings settings,
            Standardizer standardizer,
            RoundOpening adoption,
            ChangedBlocks changes) {
        static Rules of(Learner learner, ReplicaSettings settings) {
            Optimizer optimizer = learner.spec().optimizer();
            Standardizer standardizer = learner.spec().features().standardizer();
            RoundOpening adoption = new RoundOpening(settings, standardizer, optimizer);
            return new Rules(
                    settings.mergesGradients() ? learner.withoutSteps() : learner,
                    settings,
                    standardizer,
                    adoption,
                    new ChangedBlocks(settings, optimizer, adoption));
        }
    }

    /**
     * @param learner of the first specification; those of others are created when a merged point announces them
     * @throws IllegalArgumentException if the model cannot be learned by such replicas
     */
    public Replica(Learner learner, ReplicaSettings settings) {
        rules = new RulesBySpec<>(learner, settings, Rules::of);
    }

    /** Returns the learner that learned the last sample, with its rejections. */
    public Learner learner() {
        return rules.last().learner();
    }

    /** Returns the learner of the open round, or of the next one. */
    public Learner learner(ReplicaState state) {
        RoundSpecs specs = state.specs;
        return rules.of(state.open == null ? specs.of(state.rounds.next()) : specs.current())
                .learner();
    }

    /** Returns the rules of the round that is open, or was last. */
    private Rules rules(ReplicaState state) {
        return rules.of(state.specs.current());
    }

    /**
     * Returns the state of a replica before its first sample.
     *
     * @param number of the replica, from 0
     * @param initial the merged state before the first round, perhaps without its warm start; not changed
     */
    public ReplicaState start(int number, LearnerState initial) {
        LearnerState merged = rules.warm(initial);
        Rules first = rules.of(rules.first());
        ReplicaSettings settings = first.settings();
        int parts = settings.parts(first.learner().spec().optimizer());
        StateLayout layout = merged.layout();
        float[][] copy = new float[layout.blocks()][];
        for (int block = 0; block < copy.length; block++) {
            copy[block] = merged.weights().parts(block, parts);
        }
        Lineage lineage = new Lineage();
        lineage.warmStart(merged.lineage().warmStart());
        LearnerState own = merged.copy();
        LearnerState state = new LearnerState(
                new StateParts.Learned(
                        own.weights(), own.moments(), own.updateMemory(), own.blockVersions(), null, null),
                own.pending(),
                emptyValidation(merged, null),
                lineage,
                new StateParts.Counts(merged.samples(), merged.updates(), 0, 0, merged.otherUpdates()));
        GradientSum gradients = settings.mergesGradients() ? new GradientSum(layout) : null;
        RoundSpecs specs = new RoundSpecs(settings.staleness(), rules.first());
        return new ReplicaState(number, new ReplicaRounds(settings.staleness()), specs, copy, gradients, state);
    }

    /** @param open predictions that the replica keeps; null for none */
    static StateParts.Validation emptyValidation(LearnerState state, @Nullable OpenPredictions open) {
        EpochProgress progress = state.epochProgress();
        return new StateParts.Validation(
                state.window().empty(),
                state.window().empty(),
                new UpdateTally(),
                new EpochProgress(
                        state.window().empty(),
                        progress.epoch(),
                        progress.bestLoss(),
                        progress.epochsWithoutImprovement(),
                        progress.stopped(),
                        progress.best()),
                state.watcher(),
                open);
    }

    /** Receives a merged point; it is adopted when the round opens that starts from it. A point received again is ignored. */
    public void receive(ReplicaState state, MergedPoint point) {
        if (point.round() <= state.lastReceived) {
            return;
        }
        if (point.round() != state.lastReceived + 1) {
            throw new IllegalStateException(
                    "merged point: " + point.round() + " (expected: " + (state.lastReceived + 1) + ")");
        }
        state.lastReceived = point.round();
        state.receive(point);
        Closing closing = point.closing();
        if (closing.specification() != null) {
            state.specs.announced(point.round(), closing.specification());
        }
        for (ContributionId member : closing.members()) {
            if (member.replica() == state.number) {
                state.rounds.merged(point.round());
            }
        }
    }

    /** Returns whether the replica can learn a sample; otherwise, it waits for a merged point. */
    public boolean isReady(ReplicaState state) {
        return state.open != null || canOpen(state);
    }

    /** After a late contribution, the base of a round may precede the point that announces the round's specification. */
    private static boolean canOpen(ReplicaState state) {
        ReplicaRounds rounds = state.rounds;
        return rounds.canOpen() && state.lastReceived >= rounds.next() - 1 - rounds.staleness();
    }

    /**
     * Learns a sample.
     *
     * @return the contribution of the round that the sample ends, or null
     * @throws IllegalStateException if the replica is not ready
     */
    public @Nullable Contribution learn(ReplicaState state, Sample sample) {
        OpenRound round = open(state);
        Rules rule = rules(state);
        double before = state.learner.moments()[0];
        long samples = state.learner.samples();
        double weight = state.learner.window().weight();
        rule.learner().learn(state.learner, sample);
        collectGradient(rule.learner(), state, samples, weight);
        if (state.learner.moments()[0] != before) {
            rule.standardizer().keep(round.moments(), sample);
        }
        return state.learner.lineage().position() - round.start().received()
                        == rule.settings().period()
                ? contribute(rule, state, round)
                : null;
    }

    /**
     * Ends a bounded input: learns the pending batch.
     *
     * @return the contribution of the round that this ends, or null if nothing was received in it
     * @throws IllegalStateException if the replica is not ready
     */
    public @Nullable Contribution finish(ReplicaState state) {
        if (state.open == null && state.learner.pending().size() == 0) {
            return null;
        }
        OpenRound round = open(state);
        Rules rule = rules(state);
        long samples = state.learner.samples();
        double weight = state.learner.window().weight();
        rule.learner().finish(state.learner, () -> {});
        collectGradient(rule.learner(), state, samples, weight);
        return contribute(rule, state, round);
    }

    /**
     * Adds the gradient of the batch that was just completed, if any.
     *
     * @param samples learned before it
     * @param weight of the samples learned in the round before it
     */
    private static void collectGradient(Learner learner, ReplicaState state, long samples, double weight) {
        if (state.gradients != null && state.learner.samples() > samples) {
            state.gradients.add(
                    learner.gradient(), (float) (state.learner.window().weight() - weight));
        }
    }

    private OpenRound open(ReplicaState state) {
        OpenRound open = state.open;
        if (open == null) {
            if (!canOpen(state)) {
                throw new IllegalStateException("replica " + state.number + ": not ready after round "
                        + state.rounds.last() + " (expected: its next merged point first)");
            }
            state.specs.open(state.rounds.next());
            Rules rule = rules(state);
            rule.adoption().adopt(state);
            open = new OpenRound(state.rounds.next(), rule.standardizer().start(), counts(state.learner));
            state.open = open;
        }
        return open;
    }

    private static Contribution.Counts counts(LearnerState state) {
        return new Contribution.Counts(state.lineage().position(), state.samples(), state.updates(), state.rejected());
    }

    private static Contribution contribute(Rules rule, ReplicaState state, OpenRound round) {
        LearnerState learned = state.learner;
        Contribution.Counts start = round.start();
        Contribution.Counts end = counts(learned);
        Contribution contribution = new Contribution(
                new ContributionId(state.number, round.number(), end.received() - start.received()),
                new Contribution.Counts(
                        end.received() - start.received(),
                        end.samples() - start.samples(),
                        end.updates() - start.updates(),
                        end.rejected() - start.rejected()),
                rule.changes().take(state, start.samples()),
                round.moments(),
                new Contribution.Validation(
                        learned.window().copy(),
                        learned.updateWindow().copy(),
                        learned.epochProgress().holdout().copy()),
                learned.lineage().copy());
        learned.lineage().nextWindow();
        state.rounds.contributed(round.number());
        state.unmerged.add(contribution);
        state.open = null;
        return contribution;
    }
}
