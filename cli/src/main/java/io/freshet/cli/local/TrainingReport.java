package io.freshet.cli.local;

import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.TrainingSpec;
import io.freshet.schemas.Evaluation;
import io.freshet.schemas.FloatBytes;
import io.freshet.schemas.PublishedSnapshot;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * What came of a training run; its JSON has these names in this order. Metrics are progressive, since the start, and null
 * where they do not apply; sums run over the keys of a model.
 *
 * @param model name of the model
 * @param specHash fingerprint of its specification
 * @param samples learned
 * @param rejected rows that are no samples, and samples refused for their gradients
 * @param updates steps of the optimizer
 * @param seconds from the first sample learned to the last
 * @param samplesPerSecond samples over seconds
 * @param loss mean by weight
 * @param baselineLoss of the best constant prediction in hindsight
 * @param windows metrics of each window, by key and then in order
 * @param parametersSha256 of all parameters as little-endian 32-bit floats, keys in their order
 * @param version samples that the parameters have learned from
 * @param parameterCount parameters, of all keys together
 * @param keys how many, or null for a model without a key
 * @param epochs passes learned: fewer than specified where early stopping ended them; null for the keys of a model, each
 *     of which stops by itself
 * @param heldOut rows that are predicted in each pass and never learned
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
        double loss,
        @Nullable Double baselineLoss,
        @Nullable Double accuracy,
        @Nullable Double logLoss,
        @Nullable Double auc,
        @Nullable Double mae,
        @Nullable Double rmse,
        @Nullable Double r2,
        @Nullable Double calibration,
        @Nullable Double iou,
        List<Window> windows,
        String parametersSha256,
        long version,
        long parameterCount,
        @Nullable Integer keys,
        @Nullable Integer epochs,
        long heldOut,
        @Nullable TestResult test) {

    /**
     * Metrics of one window.
     *
     * @param key of the model, or null for a model without one
     * @param index from 0
     * @param samples in it; fewer than the others where the input ended
     */
    record Window(
            @Nullable String key,
            long index,
            long samples,
            double loss,
            @Nullable Double baselineLoss,
            @Nullable Double accuracy,
            @Nullable Double logLoss,
            @Nullable Double auc,
            @Nullable Double mae,
            @Nullable Double rmse,
            @Nullable Double r2,
            @Nullable Double calibration,
            @Nullable Double iou) {}

    /**
     * Returns the report of a run.
     *
     * @param sent rows of the file
     * @param model which of the models that they were sent for
     * @param snapshots the last of each key, in the order of the keys
     */
    static TrainingReport of(
            ModelSpec spec,
            Evaluations evaluations,
            FileFeed.Sent sent,
            int model,
            SortedMap<String, PublishedSnapshot> snapshots) {
        Tally total = evaluations.scoreboard().total(spec.name());
        if (total == null) {
            throw new IllegalStateException("no evaluation (expected: at least the last)");
        }
        Metrics metrics = total.metrics();
        List<Evaluation> keys = evaluations.scoreboard().keys(spec.name());
        double seconds = evaluations.seconds(spec.name());
        long refused = keys.stream().mapToLong(Evaluation::rejected).sum();
        return new TrainingReport(
                spec.name(),
                spec.hash(),
                metrics.samples(),
                sent.rejected() + refused,
                keys.stream().mapToLong(Evaluation::updates).sum(),
                seconds,
                Math.round(metrics.samples() / seconds),
                metrics.loss(),
                metrics.baselineLoss(),
                metrics.accuracy(),
                metrics.logLoss(),
                metrics.auc(),
                metrics.mae(),
                metrics.rmse(),
                metrics.r2(),
                metrics.calibration(),
                metrics.iou(),
                windows(spec, evaluations.windows(spec.name())),
                sha256(snapshots),
                snapshots.values().stream()
                        .mapToLong(s -> s.snapshot().version())
                        .sum(),
                snapshots.values().stream()
                        .mapToLong(s -> s.snapshot().parameters().length)
                        .sum(),
                spec.key() == null ? null : snapshots.size(),
                epochs(spec, metrics.samples() + refused, sent.learnable(model, 1)),
                sent.heldOut().get(model),
                null);
    }

    /** Returns the passes learned: early stopping ends them between two, and what follows is not counted. */
    private static @Nullable Integer epochs(ModelSpec spec, long learned, long samplesOfAPass) {
        TrainingSpec training = spec.training();
        if (training.earlyStopping().patience() == 0 || training.batch().isFull()) {
            return training.epochs();
        }
        return spec.key() == null && samplesOfAPass > 0 ? (Integer) (int) (learned / samplesOfAPass) : null;
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
                loss,
                baselineLoss,
                accuracy,
                logLoss,
                auc,
                mae,
                rmse,
                r2,
                calibration,
                iou,
                windows,
                parametersSha256,
                version,
                parameterCount,
                keys,
                epochs,
                heldOut,
                result);
    }

    private static List<Window> windows(ModelSpec spec, List<Evaluation> evaluations) {
        List<Window> windows = new ArrayList<>();
        for (Evaluation evaluation : evaluations) {
            Metrics metrics = evaluation.window();
            if (metrics != null) {
                windows.add(new Window(
                        spec.key() == null ? null : evaluation.key(),
                        evaluation.windowIndex(),
                        metrics.samples(),
                        metrics.loss(),
                        metrics.baselineLoss(),
                        metrics.accuracy(),
                        metrics.logLoss(),
                        metrics.auc(),
                        metrics.mae(),
                        metrics.rmse(),
                        metrics.r2(),
                        metrics.calibration(),
                        metrics.iou()));
            }
        }
        return windows;
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
