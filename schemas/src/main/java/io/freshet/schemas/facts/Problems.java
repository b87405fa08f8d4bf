package io.freshet.schemas.facts;

import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.evaluation.OneClass;
import io.freshet.learning.evaluation.WorseThanConstant;
import io.freshet.schemas.loop.LatestJoins;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Lists what is wrong with a model, as far as its trainer and the brokers tell: the rule of the server and the tools. What only
 * a server knows, it adds. Times are milliseconds since 1970, UTC. Thread-safe.
 */
public final class Problems {
    /** Parameters of a model that learns should not be older, in seconds: as for the alert {@code FreshetModelStale}. */
    static final int STALE_SECONDS = 60;
    /** How long a rejection is of interest. */
    static final long REJECTED_MILLIS = Duration.ofMinutes(10).toMillis();

    private final Freshness freshness;
    private final LatestEvaluations evaluations;
    private final Rejections rejections;
    private final JoinProblems joins;

    public Problems(Freshness freshness, LatestEvaluations evaluations, SignsOfLife signs, LatestJoins joins) {
        this.freshness = freshness;
        this.evaluations = evaluations;
        rejections = signs.rejections();
        this.joins = new JoinProblems(joins);
    }

    /**
     * Returns the problems of a model, the worst first.
     *
     * @param condition of the model, as {@link Freshness#model} returns it
     * @param spec what the caller knows about its specification
     * @param ageSeconds age of its parameters, or NaN if unknown
     */
    public List<Problem> of(String model, Condition condition, Freshness.Spec spec, double ageSeconds, long now) {
        List<Problem> problems = new ArrayList<>();
        addTrainer(model, condition, spec, now, problems);
        addRejected(model, now, problems);
        addLoss(model, spec, now, problems);
        problems.addAll(ofJoin(model, condition, spec, now).values());
        boolean learns = condition.state() == State.LEARNING || condition.state() == State.HELD;
        if (learns && ageSeconds > STALE_SECONDS) {
            problems.add(new Problem(
                    Level.WARNING,
                    "stale: the parameters are " + Elapsed.text(Duration.ofMillis((long) (ageSeconds * 1_000)))
                            + " old (expected: at most " + STALE_SECONDS + " s)"));
        }
        problems.sort(Problem.WORST_FIRST);
        return problems;
    }

    /** Returns that records arrive which no model can decode, as a problem of the whole topic; null if there are none. */
    public @Nullable Problem undecodable(long now) {
        Rejections.Rejected newest = rejections.newest(Rejections.ALL);
        if (newest == null) {
            return null;
        }
        long recent = rejections.recent(Rejections.ALL, now);
        if (recent > 0) {
            boolean most = freshness.isMostUndecodable(now);
            return new Problem(
                    most ? Level.BAD : Level.WARNING,
                    "no model can decode " + rate(recent) + (most ? ", most of what the job reads" : "")
                            + "; the newest: " + newest.reason());
        }
        return now - newest.at() < REJECTED_MILLIS
                ? new Problem(
                        Level.QUIET,
                        "no model could decode a record " + Elapsed.ago(newest.at(), now) + ": " + newest.reason())
                : null;
    }

    /** Returns those of the problems that are about the join of a model; none if nothing is known about it. */
    public Map<JoinProblem, Problem> ofJoin(String model, Condition condition, Freshness.Spec spec, long now) {
        boolean unknown = condition.state() == State.BROKER_GONE || condition.state() == State.FINISHED;
        return spec.joined() == null || unknown ? Map.of() : joins.of(model, spec.joined(), now);
    }

    private void addTrainer(String model, Condition condition, Freshness.Spec spec, long now, List<Problem> problems) {
        Long since = condition.since();
        switch (condition.state()) {
            case BROKER_GONE ->
                problems.add(new Problem(
                        Level.BAD, "broker gone" + (since == null ? "" : ": last answer " + Elapsed.ago(since, now))));
            case TRAINER_GONE ->
                problems.add(new Problem(
                        Level.BAD,
                        "trainer gone: " + (since == null ? "never seen" : "last seen " + Elapsed.ago(since, now))));
            case FAILED ->
                problems.add(new Problem(Level.BAD, "failed: " + freshness.failure(model, spec.hash(), now)));
            default -> {}
        }
    }

    private void addRejected(String model, long now, List<Problem> problems) {
        Rejections.Rejected newest = rejections.newest(model);
        if (newest == null) {
            return;
        }
        long recent = rejections.recent(model, now);
        if (recent > 0) {
            boolean most = freshness.rejectsMost(model, now);
            problems.add(new Problem(
                    most ? Level.BAD : Level.WARNING,
                    "rejects " + rate(recent) + (most ? ", more than it learns" : "") + "; the newest: "
                            + newest.reason()));
        } else if (now - newest.at() < REJECTED_MILLIS) {
            problems.add(new Problem(
                    Level.QUIET, "last rejected a record " + Elapsed.ago(newest.at(), now) + ": " + newest.reason()));
        }
    }

    /** @param recent records in the last ten seconds */
    private static String rate(long recent) {
        double perSecond = recent * 1_000.0 / Rejections.WINDOW_MILLIS;
        return String.format(Locale.ROOT, perSecond < 10 ? "%.1f" : "%,.0f", perSecond) + " records/s";
    }

    private void addLoss(String model, Freshness.Spec spec, long now, List<Problem> problems) {
        List<Evaluation> keys = evaluations.keys(model);
        OneClass only = OneClass.of(keys.stream().map(Evaluation::total).toList());
        if (only != null) {
            problems.add(new Problem(Level.WARNING, only.text(spec.label(), spec.classes())));
        }
        WorseThanConstant worse = addNotFinite(keys, problems) ? null : evaluations.worseThanConstant(model);
        if (worse != null) {
            String remedy =
                    spec.remedies() == null ? "" : "; " + spec.remedies().of(worse.diverged());
            problems.add(new Problem(worse.diverged() ? Level.BAD : Level.WARNING, worse.text() + remedy));
        }
        Held held = evaluations.held(model);
        Divergence divergence = evaluations.divergence(model);
        boolean isOfHeld =
                held != null && divergence != null && divergence.key().equals(held.key());
        if (held != null) {
            String cause = divergence == null || !isOfHeld ? "" : ": " + divergence.event();
            problems.add(
                    new Problem(Level.WARNING, key(held.key(), held.others()), held(held.published(), now) + cause));
        }
        if (divergence != null && !isOfHeld) {
            problems.add(new Problem(
                    Level.WARNING,
                    key(divergence.key(), divergence.others()),
                    divergence.event().toString()));
        }
    }

    private static String held(Evaluation.Published last, long now) {
        Long version = last.version();
        return "held, no snapshot is published"
                + (version == null ? "" : String.format(Locale.ROOT, " after version %,d", version))
                + (last.at() == null ? "" : ", " + Elapsed.ago(last.at(), now));
    }

    /** Returns whether there is one. */
    private static boolean addNotFinite(List<Evaluation> keys, List<Problem> problems) {
        Evaluation first = null;
        int others = -1;
        for (Evaluation key : keys) {
            Metrics window = key.window().metrics();
            if (window != null && !Double.isFinite(window.loss())) {
                first = first == null ? key : first;
                others++;
            }
        }
        Metrics window = first == null ? null : first.window().metrics();
        if (first != null && window != null) {
            problems.add(new Problem(
                    Level.BAD,
                    key(first.key(), others),
                    "diverged: loss of the newest window: " + window.loss() + " (expected: a finite number)"));
        }
        return first != null;
    }

    private static String key(String key, int others) {
        if (key.isEmpty()) {
            return "";
        }
        return "key " + key
                + (others == 0 ? "" : String.format(Locale.ROOT, " and %,d other%s", others, others == 1 ? "" : "s"))
                + ": ";
    }
}
