package io.freshet.cli.train;

import io.freshet.cli.console.Scores;
import io.freshet.cli.feed.RejectReason;
import io.freshet.cli.feed.RejectedLabels;
import io.freshet.learning.evaluation.Event;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.evaluation.OneClass;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.evaluation.UpdateMetrics;
import io.freshet.learning.evaluation.WorseThanConstant;
import io.freshet.learning.spec.LossRemedies;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.TrainingSpec;
import io.freshet.schemas.facts.Evaluation;
import io.freshet.schemas.snapshot.FloatBytes;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Computes the report of a run for one model.
 *
 * @param spec the model's specification
 * @param evaluations of the run, of all of its models
 * @param snapshots the final one of each key, in the order of the keys
 */
record ReportBuilder(ModelSpec spec, Evaluations evaluations, SortedMap<String, PublishedSnapshot> snapshots) {
    /**
     * Returns the report, without a test.
     *
     * @param rejections of the run
     * @param heldOut rows of the file that the model holds out
     * @param skipped rows of the file that are not the model's
     */
    TrainingReport report(RejectedRows rejections, long heldOut, long skipped) {
        Tally total = evaluations.total(spec.name());
        if (total == null) {
            throw new IllegalStateException("no evaluation (expected: at least the last)");
        }
        List<Evaluation> keys = evaluations.newest(spec.name());
        Evaluation.Learning last = keys.get(keys.size() - 1).learning();
        @Nullable Integer epochs = epochs(last);
        WorseThanConstant worse = WorseThanConstant.of(List.of(total), newestWindows());
        return new TrainingReport(
                new TrainingReport.Run(spec.name(), spec.hash(), spec.labels()),
                spec.key() == null ? bestEpoch(last) : null,
                work(keys, total, rejections.invalidRows() + rejections.rowsWithoutKey(spec.name())),
                windows(),
                parameters(),
                new TrainingReport.Outcome(
                        epochs,
                        heldOut,
                        skipped,
                        spec.key() == null && last.stopped() ? epochs : null,
                        events(),
                        reasons(rejections),
                        worse,
                        problems(total, worse, rejections.labels())),
                null);
    }

    /** Only labels that are one class each are judged: another value may be a measurement. */
    private List<String> problems(Tally total, @Nullable WorseThanConstant worse, RejectedLabels rejected) {
        List<String> problems = new ArrayList<>();
        if (spec.loss().classes(spec.outputs()) > 0) {
            problems.addAll(rejected.always(spec.label()));
        }
        OneClass oneClass = OneClass.of(total);
        if (oneClass != null) {
            problems.add(oneClass.text(spec.label(), spec.labels()));
        }
        if (worse != null) {
            problems.add(worse.text() + "; " + LossRemedies.of(spec).of(worse.diverged()));
        }
        return problems;
    }

    /** Returns the metrics of the last window of each key. The last evaluation may have none, where the input ends with a window. */
    private List<Metrics> newestWindows() {
        Map<String, Metrics> newest = new LinkedHashMap<>();
        for (Evaluation evaluation : evaluations.windows(spec.name())) {
            Metrics window = evaluation.window().metrics();
            if (window != null) {
                newest.put(evaluation.key(), window);
            }
        }
        return List.copyOf(newest.values());
    }

    private List<RejectReason> reasons(RejectedRows rejections) {
        List<RejectReason> reasons = new ArrayList<>(rejections.invalid());
        reasons.addAll(rejections.by(spec.name()));
        return reasons;
    }

    private TrainingReport.Work work(List<Evaluation> keys, Tally total, long invalidRows) {
        double seconds = evaluations.seconds(spec.name());
        long rejected = keys.stream().mapToLong(e -> e.counts().rejected()).sum();
        return new TrainingReport.Work(
                total.samples(),
                invalidRows + rejected,
                keys.stream().mapToLong(e -> e.counts().updates()).sum(),
                seconds,
                Math.round(total.samples() / seconds),
                Scores.of(total));
    }

    /**
     * Returns the epochs learned, including the one in which early stopping ended them; null if keys can stop on their
     * own.
     */
    private @Nullable Integer epochs(Evaluation.Learning learning) {
        TrainingSpec training = spec.training();
        if (spec.key() != null && training.earlyStopping().patience() > 0) {
            return null;
        }
        return learning.stopped() ? learning.epoch() + 1 : training.epochs();
    }

    /** The last epoch, which no other follows, is compared here. */
    private TrainingReport.@Nullable BestEpoch bestEpoch(Evaluation.Learning last) {
        Evaluation.BestEpoch best = last.best();
        Metrics holdout = last.holdout();
        int lastEpoch = last.epoch() + 1;
        if (holdout != null
                && (best == null || holdout.loss() < best.holdout().loss() || last.epoch() == best.epoch())) {
            return new TrainingReport.BestEpoch(lastEpoch, lastEpoch, true, Scores.of(holdout));
        }
        TrainingSpec.EarlyStopping stopping = spec.training().earlyStopping();
        return best == null
                ? null
                : new TrainingReport.BestEpoch(
                        best.epoch() + 1,
                        lastEpoch,
                        stopping.patience() > 0 && stopping.restoreBest(),
                        Scores.of(best.holdout()));
    }

    private List<TrainingReport.Window> windows() {
        List<TrainingReport.Window> windows = new ArrayList<>();
        Evaluation before = null;
        for (Evaluation evaluation : evaluations.windows(spec.name())) {
            Metrics metrics = evaluation.window().metrics();
            if (metrics != null) {
                Scores scores = hasWeight(evaluation, before) ? Scores.of(metrics) : Scores.NONE;
                windows.add(window(evaluation, metrics, scores));
            }
            before = evaluation;
        }
        return windows;
    }

    /** Returns whether any sample of a window had a weight, by the total weight before and after it. */
    private static boolean hasWeight(Evaluation evaluation, @Nullable Evaluation before) {
        boolean follows = before != null
                && before.key().equals(evaluation.key())
                && before.window().index() < evaluation.window().index();
        return evaluation.total().weight()
                > (before != null && follows ? before.total().weight() : 0);
    }

    private TrainingReport.Window window(Evaluation evaluation, Metrics metrics, Scores scores) {
        Evaluation.Learning learning = evaluation.learning();
        Metrics holdout = learning.holdout();
        return new TrainingReport.Window(
                key(evaluation),
                evaluation.window().index(),
                metrics.samples(),
                scores,
                updates(learning.updates()),
                new TrainingReport.Holdout(holdout == null ? null : holdout.loss(), learning.epoch()));
    }

    private static TrainingReport.Updates updates(@Nullable UpdateMetrics updates) {
        return updates == null
                ? TrainingReport.Updates.NONE
                : new TrainingReport.Updates(
                        updates.learningRate(),
                        updates.gradientNorm(),
                        updates.updateNorm(),
                        updates.clippedShare(),
                        updates.rejectedShare());
    }

    private List<TrainingReport.DetectedEvent> events() {
        List<TrainingReport.DetectedEvent> events = new ArrayList<>();
        for (Evaluation evaluation : evaluations.windows(spec.name())) {
            for (Event event : evaluation.learning().events()) {
                events.add(new TrainingReport.DetectedEvent(
                        key(evaluation),
                        event.kind().text(),
                        event.detector(),
                        event.samples(),
                        event.before(),
                        event.after()));
            }
        }
        return events;
    }

    private @Nullable String key(Evaluation evaluation) {
        return spec.key() == null ? null : evaluation.key();
    }

    private TrainingReport.Parameters parameters() {
        return new TrainingReport.Parameters(
                sha256(),
                snapshots.values().stream()
                        .mapToLong(s -> s.snapshot().version())
                        .sum(),
                snapshots.values().stream()
                        .mapToLong(s -> s.snapshot().parameters().length)
                        .sum(),
                spec.key() == null ? null : snapshots.size());
    }

    private String sha256() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (PublishedSnapshot published : snapshots.values()) {
                float[] parameters = published.snapshot().parameters();
                digest.update(FloatBytes.write(parameters, 0, parameters.length));
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
