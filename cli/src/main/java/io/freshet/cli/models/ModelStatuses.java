package io.freshet.cli.models;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.kafka.EvaluationReader;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.MetricsRecords;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.facts.Condition;
import io.freshet.schemas.facts.Evaluation;
import io.freshet.schemas.facts.Freshness;
import io.freshet.schemas.facts.Heartbeat;
import io.freshet.schemas.facts.LatestEvaluations;
import io.freshet.schemas.facts.Problem;
import io.freshet.schemas.facts.Problems;
import io.freshet.schemas.facts.Rejections;
import io.freshet.schemas.facts.SignsOfLife;
import io.freshet.schemas.kafka.ParameterKey;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.loop.JoinReport;
import io.freshet.schemas.loop.LatestJoin;
import io.freshet.schemas.loop.LatestJoins;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The statuses of models and their joins, from the metrics topic. */
public final class ModelStatuses {
    private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();
    private static final long AHEAD_MILLIS = 2_000;

    private final LatestEvaluations evaluations = new LatestEvaluations();
    private final SignsOfLife signs = new SignsOfLife();
    private final Freshness freshness = new Freshness(evaluations, signs);
    private final LatestJoins joins = new LatestJoins();
    private final Problems problems = new Problems(freshness, evaluations, signs, joins);
    private @Nullable String unreadable;

    /**
     * Reads the last day of the metrics topic.
     *
     * @param now milliseconds since 1970, UTC
     * @throws CommandException if the metrics topic does not exist
     */
    public static ModelStatuses read(KafkaOptions kafka, long now) throws CommandException {
        ModelStatuses statuses = new ModelStatuses();
        try (EvaluationReader evaluations = open(kafka, now)) {
            statuses.update(evaluations, now);
        }
        statuses.updateRejections(kafka, kafka.topics(null), now);
        return statuses;
    }

    /** Opens the metrics topic a day ago. */
    static EvaluationReader open(KafkaOptions kafka, long now) throws CommandException {
        return EvaluationReader.open(kafka, now - DAY_MILLIS);
    }

    /**
     * Adds what was written since the last update.
     *
     * @param now milliseconds since 1970, UTC
     */
    void update(EvaluationReader reader, long now) {
        reader.readToEnd(new Records(now));
    }

    /** Adds the records of the metrics topic, which are read at a time. */
    private final class Records implements MetricsRecords {
        private final long now;

        Records(long now) {
            this.now = now;
        }

        @Override
        public void evaluation(Evaluation evaluation) {
            add(evaluation, now);
        }

        @Override
        public void deleted(ParameterKey key) {
            remove(key);
        }

        @Override
        public void heartbeat(Heartbeat heartbeat) {
            add(heartbeat, now);
        }

        @Override
        public void report(JoinReport report) {
            add(report, now);
        }

        @Override
        public void reportDeleted(String model) {
            joins.remove(model);
        }
    }

    /**
     * Reads what was rejected lately. Without the topic of dead letters, or the right to read it, nothing is known about that.
     *
     * @param topics with those of the dead letters
     * @param now milliseconds since 1970, UTC
     */
    void updateRejections(KafkaOptions kafka, Topics topics, long now) {
        try {
            RecentRejects.read(kafka, topics, now).replace(signs.rejections());
            unreadable = null;
        } catch (CommandException e) {
            signs.rejections().known(false);
            unreadable = "rejected records are not known: " + e.getMessage();
        }
    }

    /** Returns why it is not known what was rejected, or null. */
    @Nullable String unreadable() {
        return unreadable;
    }

    Rejections rejections() {
        return signs.rejections();
    }

    /** Returns that records arrive which no model can decode; null if there are none. */
    @Nullable Problem undecodable(long now) {
        return problems.undecodable(now);
    }

    void add(Evaluation evaluation, long now) {
        evaluations.add(evaluation.receivedAt(now));
    }

    void add(Heartbeat heartbeat, long now) {
        signs.add(heartbeat, now);
    }

    void add(JoinReport report, long now) {
        joins.add(report, now);
    }

    /** Returns what is wrong with the trainer's clock, or null if it is not ahead by more than two seconds. */
    @Nullable String clock() {
        long ahead = signs.aheadMillis();
        return ahead <= AHEAD_MILLIS
                ? null
                : String.format(
                        Locale.ROOT,
                        "clock: the trainer's is %,d s ahead of this one, so it may be gone (expected: clocks that agree)",
                        ahead / 1_000);
    }

    void remove(ParameterKey key) {
        evaluations.remove(key.model(), key.key());
    }

    /** @param now milliseconds since 1970, UTC */
    public ModelStatus of(ModelSpec spec, long now) {
        String model = spec.name();
        Freshness.Spec applied = Freshness.Spec.of(spec);
        Condition condition = freshness.model(model, applied, now);
        return new ModelStatus(
                model,
                condition,
                problems.of(model, condition, applied, ageSeconds(spec), now),
                figures(spec, now),
                freshness.failure(model, spec.hash(), now),
                rejected(model, now));
    }

    /** Returns the status of a model's join; null if it has none, or has not reported in the last day. */
    public @Nullable JoinStatus join(ModelSpec spec) {
        LatestJoin join = spec.join() == null ? null : joins.get(spec.name());
        Evaluation newest = evaluations.newest(spec.name());
        Metrics window = newest == null ? null : newest.window().metrics();
        return join == null ? null : new JoinStatus(spec.name(), join, window == null ? null : (Double) window.loss());
    }

    private ModelStatus.Rejected rejected(String model, long now) {
        Rejections.Rejected newest = signs.rejections().newest(model);
        long records = signs.rejections().recent(model, now);
        return new ModelStatus.Rejected(records, newest == null || records == 0 ? null : newest.reason());
    }

    private ModelStatus.Figures figures(ModelSpec spec, long now) {
        String model = spec.name();
        LatestEvaluations.Learned learned = evaluations.learned(model);
        Evaluation newest = evaluations.newest(model);
        Metrics window = newest == null ? null : newest.window().metrics();
        Tally total = evaluations.total(model);
        Long evaluated = newest == null ? null : (Long) Math.max(0, now - newest.emittedAt());
        Long publishedAt = learned == null ? null : learned.publishedAt();
        return new ModelStatus.Figures(
                spec.key() == null ? null : (Integer) (learned == null ? 0 : learned.keys()),
                learned == null ? null : (Long) learned.samples(),
                evaluated,
                new ModelStatus.Published(
                        learned == null ? null : (Long) learned.version(),
                        publishedAt == null ? null : (Long) Math.max(0, now - publishedAt)),
                window == null ? null : (Double) window.loss(),
                total == null || total.weight() <= 0 ? null : (Double) total.loss(),
                evaluations.perSecond(model, now));
    }

    /** Returns how old the newest event was when it was learned, or NaN if unknown: what is learned since then is not known. */
    private double ageSeconds(ModelSpec spec) {
        Evaluation newest = evaluations.newest(spec.name());
        Long watermark = newest == null ? null : newest.progress().watermark();
        return newest == null || watermark == null
                ? Double.NaN
                : Freshness.secondsOld(spec, watermark, newest.emittedAt());
    }
}
