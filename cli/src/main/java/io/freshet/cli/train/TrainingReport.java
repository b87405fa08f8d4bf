package io.freshet.cli.train;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.freshet.cli.console.Scores;
import io.freshet.cli.feed.FileFeed;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.evaluation.UpdateMetrics;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.TrainingSpec;
import io.freshet.learning.watch.Event;
import io.freshet.schemas.evaluation.Evaluation;
import io.freshet.schemas.snapshot.FloatBytes;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * The report of a training run. The nested records are unwrapped: the JSON is flat, with these names in this order.
 *
 * @param run what was trained
 * @param work done, and its progressive metrics since the start
 * @param windows metrics of each window, by key and then in order
 * @param parameters the trained parameters, of all keys together
 * @param course how the training went
 * @param test how the final parameters predict the rows of another file, or null if there is none
 */
record TrainingReport(
        @JsonUnwrapped Run run,
        @JsonUnwrapped Work work,
        List<Window> windows,
        @JsonUnwrapped Parameters parameters,
        @JsonUnwrapped Course course,
        @Nullable TestResult test) {

    /**
     * What was trained.
     *
     * @param model its name
     * @param specHash fingerprint of its specification
     */
    record Run(String model, String specHash) {}

    /**
     * The work done; sums run over the keys of a model.
     *
     * @param samples learned
     * @param rejected invalid rows, and samples rejected for their gradients
     * @param updates steps of the optimizer
     * @param seconds from the first learned sample to the last
     * @param samplesPerSecond samples over seconds
     * @param scores of all samples
     */
    record Work(
            long samples,
            long rejected,
            long updates,
            double seconds,
            long samplesPerSecond,
            @JsonUnwrapped Scores scores) {}

    /**
     * The trained parameters.
     *
     * @param parametersSha256 of all parameters as little-endian 32-bit floats, in the order of the keys
     * @param version samples that the parameters have learned from
     * @param parameterCount number of parameters, of all keys together
     * @param keys number of keys, or null for a model without a key
     */
    record Parameters(
            String parametersSha256,
            long version,
            long parameterCount,
            @Nullable Integer keys) {
        static Parameters of(ModelSpec spec, SortedMap<String, PublishedSnapshot> snapshots) {
            return new Parameters(
                    sha256(snapshots),
                    snapshots.values().stream()
                            .mapToLong(s -> s.snapshot().version())
                            .sum(),
                    snapshots.values().stream()
                            .mapToLong(s -> s.snapshot().parameters().length)
                            .sum(),
                    spec.key() == null ? null : snapshots.size());
        }
    }

    /**
     * How the training went.
     *
     * @param epochs learned: fewer than specified if early stopping ended them; null for a keyed model with early stopping,
     *     where each key stops on its own
     * @param heldOut rows that are predicted in each epoch and never learned
     * @param stoppedAfterEpochs epochs after which early stopping ended the training; null if it did not, or for a keyed
     *     model
     * @param events changes found during training, by key and then in order
     */
    record Course(
            @Nullable Integer epochs,
            long heldOut,
            @Nullable Integer stoppedAfterEpochs,
            List<Found> events) {}

    /**
     * Metrics of one window.
     *
     * @param key of the model, or null for a model without one
     * @param index from 0
     * @param samples in it; fewer than in the others where the input ended
     * @param scores of them
     * @param updates of the parameters
     * @param holdout of the epoch
     */
    record Window(
            @Nullable String key,
            long index,
            long samples,
            @JsonUnwrapped Scores scores,
            @JsonUnwrapped Updates updates,
            @JsonUnwrapped Holdout holdout) {
        static Window of(@Nullable String key, Evaluation evaluation, Metrics metrics, Scores scores) {
            Evaluation.Learning learning = evaluation.learning();
            Metrics holdout = learning.holdout();
            return new Window(
                    key,
                    evaluation.window().index(),
                    metrics.samples(),
                    scores,
                    Updates.of(learning.updates()),
                    new Holdout(holdout == null ? null : holdout.loss(), learning.epoch()));
        }
    }

    /**
     * Updates of a window; all null where there are none.
     *
     * @param learningRate of the last update
     * @param gradientNorm mean Euclidean norm of the gradient before clipping
     * @param updateNorm mean Euclidean norm of the change of the parameters
     * @param clippedShare share of updates whose gradient was clipped
     * @param rejectedShare share of samples rejected for their gradient
     */
    record Updates(
            @Nullable Double learningRate,
            @Nullable Double gradientNorm,
            @Nullable Double updateNorm,
            @Nullable Double clippedShare,
            @Nullable Double rejectedShare) {
        static final Updates NONE = new Updates(null, null, null, null, null);

        static Updates of(@Nullable UpdateMetrics updates) {
            return updates == null
                    ? NONE
                    : new Updates(
                            updates.learningRate(),
                            updates.gradientNorm(),
                            updates.updateNorm(),
                            updates.clippedShare(),
                            updates.rejectedShare());
        }
    }

    /**
     * Held-out samples at the end of a window.
     *
     * @param holdoutLoss their weighted mean loss, in this epoch so far; null if there are none
     * @param epoch from 0
     */
    record Holdout(@Nullable Double holdoutLoss, int epoch) {}

    /**
     * A change found during training.
     *
     * @param key of the model, or null for a model without one
     * @param kind drift, divergence or plateau
     * @param detector that found it
     * @param sample number of samples the model had learned from when it was found
     * @param before mean loss before, or the best
     * @param after mean loss after, as far as known at that time
     */
    record Found(@Nullable String key, String kind, String detector, long sample, double before, double after) {}

    /**
     * Returns the report of a run.
     *
     * @param sent rows of the file
     * @param model index of the model among those that the rows were sent for
     * @param snapshots the final one of each key, in the order of the keys
     */
    static TrainingReport of(
            ModelSpec spec,
            EvaluationCollector evaluations,
            FileFeed.Sent sent,
            int model,
            SortedMap<String, PublishedSnapshot> snapshots) {
        Tally total = evaluations.total(spec.name());
        if (total == null) {
            throw new IllegalStateException("no evaluation (expected: at least the last)");
        }
        List<Evaluation> keys = evaluations.newest(spec.name());
        double seconds = evaluations.seconds(spec.name());
        long refused = keys.stream().mapToLong(e -> e.counts().rejected()).sum();
        Evaluation.Learning last = keys.get(keys.size() - 1).learning();
        @Nullable Integer epochs = epochs(spec, last);
        return new TrainingReport(
                new Run(spec.name(), spec.hash()),
                new Work(
                        total.samples(),
                        sent.rejected() + refused,
                        keys.stream().mapToLong(e -> e.counts().updates()).sum(),
                        seconds,
                        Math.round(total.samples() / seconds),
                        Scores.of(total)),
                windows(spec, evaluations.windows(spec.name())),
                Parameters.of(spec, snapshots),
                new Course(
                        epochs,
                        sent.heldOut().get(model),
                        spec.key() == null && last.stopped() ? epochs : null,
                        events(spec, evaluations.windows(spec.name()))),
                null);
    }

    /** Returns the epochs learned, including the one in which early stopping ended them; null if keys can stop on their own. */
    private static @Nullable Integer epochs(ModelSpec spec, Evaluation.Learning learning) {
        TrainingSpec training = spec.training();
        if (spec.key() != null && training.earlyStopping().patience() > 0) {
            return null;
        }
        return learning.stopped() ? learning.epoch() + 1 : training.epochs();
    }

    /** Returns the same report with the metrics of a test file. */
    TrainingReport withTest(TestResult result) {
        return new TrainingReport(run, work, windows, parameters, course, result);
    }

    private static List<Window> windows(ModelSpec spec, List<Evaluation> evaluations) {
        List<Window> windows = new ArrayList<>();
        Evaluation before = null;
        for (Evaluation evaluation : evaluations) {
            Metrics metrics = evaluation.window().metrics();
            if (metrics != null) {
                Scores scores = isWeighed(evaluation, before) ? Scores.of(metrics) : Scores.NONE;
                windows.add(Window.of(key(spec, evaluation), evaluation, metrics, scores));
            }
            before = evaluation;
        }
        return windows;
    }

    /** Returns whether any sample of a window had a weight, by the total weight before and after it. */
    private static boolean isWeighed(Evaluation evaluation, @Nullable Evaluation before) {
        boolean follows = before != null
                && before.key().equals(evaluation.key())
                && before.window().index() < evaluation.window().index();
        return evaluation.total().weight()
                > (before != null && follows ? before.total().weight() : 0);
    }

    private static List<Found> events(ModelSpec spec, List<Evaluation> evaluations) {
        List<Found> found = new ArrayList<>();
        for (Evaluation evaluation : evaluations) {
            for (Event event : evaluation.learning().events()) {
                found.add(new Found(
                        key(spec, evaluation),
                        event.kind().text(),
                        event.detector(),
                        event.samples(),
                        event.before(),
                        event.after()));
            }
        }
        return found;
    }

    private static @Nullable String key(ModelSpec spec, Evaluation evaluation) {
        return spec.key() == null ? null : evaluation.key();
    }

    private static String sha256(SortedMap<String, PublishedSnapshot> snapshots) {
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
