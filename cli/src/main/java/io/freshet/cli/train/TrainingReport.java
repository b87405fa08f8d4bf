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
 * What came of a training run; its JSON has these names in this order. Metrics are progressive, since the start; sums run over
 * the keys of a model.
 *
 * @param model name of the model
 * @param specHash fingerprint of its specification
 * @param samples learned
 * @param rejected rows that are no samples, and samples refused for their gradients
 * @param updates steps of the optimizer
 * @param seconds from the first sample learned to the last
 * @param samplesPerSecond samples over seconds
 * @param scores of all samples
 * @param windows metrics of each window, by key and then in order
 * @param parametersSha256 of all parameters as little-endian 32-bit floats, keys in their order
 * @param version samples that the parameters have learned from
 * @param parameterCount parameters, of all keys together
 * @param keys how many, or null for a model without a key
 * @param epochs passes learned: fewer than specified where early stopping ended them; null for the keys of a model, each
 *     of which stops by itself
 * @param heldOut rows that are predicted in each pass and never learned
 * @param stoppedAfterEpochs passes after which early stopping ended the learning; null if it did not, or of several keys
 * @param events changes found while the model learned, by key and then in order
 * @param test how the last parameters predict the rows of another file, or null if there is none
 */
record TrainingReport(
        String model,
        String specHash,
        long samples,
        long rejected,
        long updates,
        double seconds,
        long samplesPerSecond,
        @JsonUnwrapped Scores scores,
        List<Window> windows,
        String parametersSha256,
        long version,
        long parameterCount,
        @Nullable Integer keys,
        @Nullable Integer epochs,
        long heldOut,
        @Nullable Integer stoppedAfterEpochs,
        List<Found> events,
        @Nullable TestResult test) {

    /**
     * Metrics of one window.
     *
     * @param key of the model, or null for a model without one
     * @param index from 0
     * @param samples in it; fewer than the others where the input ended
     * @param scores of them
     * @param learningRate of its last update
     * @param gradientNorm mean Euclidean norm of the gradient before clipping
     * @param updateNorm mean Euclidean norm of the change of the parameters
     * @param clippedShare share of updates whose gradient was clipped
     * @param rejectedShare share of samples refused for their gradient
     * @param holdoutLoss mean by weight of the samples held out, in this epoch so far; null if there are none
     * @param epoch pass over the input, from 0
     */
    record Window(
            @Nullable String key,
            long index,
            long samples,
            @JsonUnwrapped Scores scores,
            @Nullable Double learningRate,
            @Nullable Double gradientNorm,
            @Nullable Double updateNorm,
            @Nullable Double clippedShare,
            @Nullable Double rejectedShare,
            @Nullable Double holdoutLoss,
            int epoch) {
        static Window of(@Nullable String key, Evaluation evaluation, Metrics metrics, Scores scores) {
            Evaluation.Learning learning = evaluation.learning();
            UpdateMetrics updates = learning.updates();
            Metrics holdout = learning.holdout();
            return new Window(
                    key,
                    evaluation.window().index(),
                    metrics.samples(),
                    scores,
                    updates == null ? null : updates.learningRate(),
                    updates == null ? null : updates.gradientNorm(),
                    updates == null ? null : updates.updateNorm(),
                    updates == null ? null : updates.clippedShare(),
                    updates == null ? null : updates.rejectedShare(),
                    holdout == null ? null : holdout.loss(),
                    learning.epoch());
        }
    }

    /**
     * A change that was found while the model learned.
     *
     * @param key of the model, or null for a model without one
     * @param kind drift, divergence or plateau
     * @param detector that found it
     * @param sample at which it was found: how many the model had learned from
     * @param before mean loss before, or the best
     * @param after mean loss after, as far as known then
     */
    record Found(@Nullable String key, String kind, String detector, long sample, double before, double after) {}

    /**
     * Returns the report of a run.
     *
     * @param sent rows of the file
     * @param model which of the models that they were sent for
     * @param snapshots the last of each key, in the order of the keys
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
                spec.name(),
                spec.hash(),
                total.samples(),
                sent.rejected() + refused,
                keys.stream().mapToLong(e -> e.counts().updates()).sum(),
                seconds,
                Math.round(total.samples() / seconds),
                Scores.of(total),
                windows(spec, evaluations.windows(spec.name())),
                sha256(snapshots),
                snapshots.values().stream()
                        .mapToLong(s -> s.snapshot().version())
                        .sum(),
                snapshots.values().stream()
                        .mapToLong(s -> s.snapshot().parameters().length)
                        .sum(),
                spec.key() == null ? null : snapshots.size(),
                epochs,
                sent.heldOut().get(model),
                spec.key() == null && last.stopped() ? epochs : null,
                events(spec, evaluations.windows(spec.name())),
                null);
    }

    /** Returns the passes learned, of which the learner counts the last where it stopped; null for several that may stop. */
    private static @Nullable Integer epochs(ModelSpec spec, Evaluation.Learning learning) {
        TrainingSpec training = spec.training();
        if (spec.key() != null && training.earlyStopping().patience() > 0) {
            return null;
        }
        return learning.stopped() ? learning.epoch() + 1 : training.epochs();
    }

    /** Returns the same report with the metrics of a file that was not learned. */
    TrainingReport withTest(TestResult result) {
        return new TrainingReport(
                model,
                specHash,
                samples,
                rejected,
                updates,
                seconds,
                samplesPerSecond,
                scores,
                windows,
                parametersSha256,
                version,
                parameterCount,
                keys,
                epochs,
                heldOut,
                stoppedAfterEpochs,
                events,
                result);
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

    /** Whether a sample of a window had a weight: then the sums since the start weigh more than after the window before. */
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
