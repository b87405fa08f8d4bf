package io.freshet.schemas.facts;

import io.freshet.learning.spec.LossRemedies;
import io.freshet.learning.spec.ModelSpec;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Decides what the trainer does with a model, and how old the model is. Times are milliseconds since 1970, UTC, by the clocks
 * of the trainer and of the caller, which should agree within a second or two; a clock that is ahead of the caller's hides the
 * end of a trainer no longer than {@link #GONE_MILLIS} after its last heartbeat was received. Thread-safe.
 */
public final class Freshness {
    /** The trainer is gone after five missing heartbeats. */
    static final long GONE_MILLIS = 5 * Heartbeat.PERIOD_MILLIS;
    /** The trainer is idle when it has had nothing to read for this long. */
    static final long QUIET_MILLIS = 10_000;
    /** A trainer that sends no heartbeats, because it is bounded or older, is gone after this long without an evaluation. */
    static final long SILENT_MILLIS = 60_000;

    /** A model that rejects records for this long before its first evaluation is not known to learn any. */
    static final long UNPROVEN_MILLIS = 60_000;

    private final LatestEvaluations evaluations;
    private final SignsOfLife signs;

    /**
     * What the caller knows about a model's specification.
     *
     * @param frozen whether it says {@code frozen: true}
     * @param hash of the one applied last, so that failures of earlier ones do not count; null if unknown
     * @param label field of the label; {@code label} if unknown
     * @param classes names of the classes; empty if they have none, or if unknown
     * @param joined how its requests are joined with their outcomes; null if they are not, or if unknown
     * @param remedies what to do about a loss that is too high
     */
    public record Spec(
            boolean frozen,
            @Nullable String hash,
            String label,
            List<String> classes,
            @Nullable Joined joined,
            @Nullable LossRemedies remedies) {
        /** Nothing is known. */
        public static final Spec UNKNOWN = new Spec(false, null, "label", List.of(), null, null);

        /** What is known about a model without a join. */
        public Spec(boolean frozen, @Nullable String hash, String label, List<String> classes) {
            this(frozen, hash, label, classes, null, null);
        }

        public static Spec of(ModelSpec spec) {
            Joined joined = spec.join() == null
                    ? null
                    : new Joined(spec.loss().classes(spec.outputs()), CorrectionReach.of(spec, spec.join()));
            return new Spec(
                    spec.stream().frozen(), spec.hash(), spec.label(), spec.labels(), joined, LossRemedies.of(spec));
        }

        /** Returns what is known if this may not be the specification applied last. */
        public Spec withoutHash() {
            return new Spec(frozen, null, label, classes, joined, remedies);
        }
    }

    /**
     * What is known about the join of a model.
     *
     * @param classes of which a label is one; 0 if it is something else
     * @param reach how far one correction moves a logit, about; 0 if that is unknown or becomes less over time
     */
    public record Joined(int classes, double reach) {}

    public Freshness(LatestEvaluations evaluations, SignsOfLife signs) {
        this.evaluations = evaluations;
        this.signs = signs;
    }

    /** Returns the condition of the trainer, over all models: one of the states that a heartbeat can tell. */
    public Condition trainer(long now) {
        Long unreachable = signs.unreachableSince();
        if (unreachable != null) {
            return new Condition(State.BROKER_GONE, unreachable, null);
        }
        Heartbeat heartbeat = signs.heartbeat();
        Long seenAt = signs.seenAt();
        if (heartbeat == null || seenAt == null || now - seenAt > GONE_MILLIS) {
            return new Condition(State.TRAINER_GONE, seenAt, null);
        }
        if (heartbeat.catchingUp()) {
            return new Condition(State.CATCHING_UP, null, heartbeat.behind());
        }
        boolean quiet = heartbeat.sentAt() - heartbeat.readAt() >= QUIET_MILLIS;
        return quiet && Objects.equals(heartbeat.behind(), 0L)
                ? new Condition(State.IDLE, heartbeat.readAt(), 0L)
                : new Condition(State.LEARNING, null, heartbeat.behind());
    }

    /** Returns the condition of one model. */
    public Condition model(String model, Spec spec, long now) {
        Condition trainer = trainer(now);
        if (trainer.state() == State.TRAINER_GONE) {
            trainer = withoutHeartbeats(model, spec, trainer, now);
        }
        return switch (trainer.state()) {
            case BROKER_GONE, TRAINER_GONE, FINISHED -> trainer;
            default -> running(model, spec, trainer, now);
        };
    }

    /** Returns the condition by the evaluations, if they are from a trainer that sends no heartbeats: a bounded or older one. */
    private Condition withoutHeartbeats(String model, Spec spec, Condition gone, long now) {
        if (gone.since() == null && failure(model, spec.hash(), now) != null) {
            return new Condition(State.FAILED, null, null);
        }
        Evaluation newest = evaluations.newest(model);
        Heartbeat last = signs.heartbeat();
        // Both by the clocks of the trainer.
        if (newest == null || last != null && newest.emittedAt() <= last.sentAt() + GONE_MILLIS) {
            return gone;
        }
        if (evaluations.keys(model).stream().allMatch(Evaluation::last)) {
            return new Condition(State.FINISHED, null, null);
        }
        if (now - newest.emittedAt() > SILENT_MILLIS) {
            return new Condition(State.TRAINER_GONE, newest.emittedAt(), null);
        }
        Evaluation.Progress progress = newest.progress();
        return new Condition(progress.catchingUp() ? State.CATCHING_UP : State.LEARNING, null, progress.behind());
    }

    private Condition running(String model, Spec spec, Condition trainer, long now) {
        if (failure(model, spec.hash(), now) != null) {
            return new Condition(State.FAILED, null, trainer.behind());
        }
        if (rejectsMost(model, now) || isMostUndecodable(now)) {
            return new Condition(State.REJECTING, null, trainer.behind());
        }
        if (spec.frozen()) {
            return new Condition(State.FROZEN, null, trainer.behind());
        }
        if (evaluations.held(model) != null) {
            return new Condition(State.HELD, null, trainer.behind());
        }
        Evaluation newest = evaluations.newest(model);
        if (trainer.state() == State.LEARNING && newest == null) {
            return new Condition(State.NOT_EVALUATED, null, trainer.behind());
        }
        return trainer.state() == State.LEARNING && newest != null && evaluations.isIdle(model, now)
                ? new Condition(State.IDLE, newest.emittedAt(), trainer.behind())
                : trainer;
    }

    /**
     * Returns why the trainer has stopped learning a model, or null unless it has.
     *
     * @param specHash of the specification; null for any
     */
    public @Nullable String failure(String model, @Nullable String specHash, long now) {
        Evaluation failure = evaluations.failures(now).get(model);
        return failure != null && (specHash == null || failure.specHash().equals(specHash)) ? failure.failure() : null;
    }

    /**
     * Returns whether a model has rejected more records than it learned lately. That is certain if it rejects most of what the job
     * reads. If many models share a topic, each may get only a part of that, so its rejections also count against the samples that
     * it has learned at most.
     */
    boolean rejectsMost(String model, long now) {
        Rejections rejections = signs.rejections();
        double rejected = rejections.perSecond(model, now);
        if (rejected == 0) {
            return false;
        }
        if (isMostRead(rejected)) {
            return true;
        }
        return evaluations.newest(model) == null
                ? rejections.lastingMillis(model, now) >= UNPROVEN_MILLIS
                : rejected > evaluations.mostPerSecond(model, now);
    }

    /** Returns whether no model can decode most of what the job reads. */
    boolean isMostUndecodable(long now) {
        return isMostRead(signs.rejections().perSecond(Rejections.ALL, now));
    }

    private boolean isMostRead(double perSecond) {
        double read = signs.readPerSecond();
        return read > 0 && perSecond > read / 2;
    }

    /**
     * Returns the age of parameters in seconds: 0 while the trainer has nothing new to learn, and otherwise {@link #secondsOld}.
     * Parameters that do not know what the model has learned, because newer ones are withheld or not served, keep their age.
     *
     * @param watermark newest event time learned, or Long.MIN_VALUE before the first sample
     * @return at least 0, or NaN before the first sample
     */
    public double ageSeconds(ModelSpec spec, long watermark, long now) {
        if (watermark == Long.MIN_VALUE) {
            return Double.NaN;
        }
        boolean current = trainer(now).state() == State.IDLE && !isBehind(spec, watermark);
        return current ? 0 : secondsOld(spec, watermark, now);
    }

    /** Keys are evaluated one by one, so that of other keys says nothing. */
    private boolean isBehind(ModelSpec spec, long watermark) {
        Evaluation newest = spec.key() == null ? evaluations.newest(spec.name()) : null;
        Long learned = newest == null ? null : newest.progress().watermark();
        return learned != null && watermark < learned;
    }

    /**
     * Returns the seconds from the newest event time learned to a time, at least 0. The join sends a request to the trainer {@code
     * after} later, so that does not count: the parameters of a model with join cannot know newer requests.
     *
     * @param watermark newest event time learned
     */
    public static double secondsOld(ModelSpec spec, long watermark, long time) {
        long after = spec.join() == null ? 0 : spec.join().afterMillis();
        return Math.max(0, time - watermark - after) / 1000.0;
    }
}
