package io.freshet.cli.train;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.freshet.cli.console.Scores;
import io.freshet.cli.feed.RejectReason;
import io.freshet.cli.predict.TestResult;
import io.freshet.learning.evaluation.WorseThanConstant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The report of a training run. The nested records are unwrapped: the JSON is flat, with these names in this order.
 *
 * @param run the trained model
 * @param bestEpoch the epoch with the lowest hold-out loss; null without held-out samples, and for a keyed model
 * @param work done, and its progressive metrics since the start
 * @param windows metrics of each window, by key and then in order
 * @param parameters the trained parameters, of all keys together
 * @param outcome of the training
 * @param test scores of the final parameters on another file, or null without one
 */
public record TrainingReport(
        @JsonUnwrapped Run run,
        @Nullable BestEpoch bestEpoch,
        @JsonUnwrapped Work work,
        List<Window> windows,
        @JsonUnwrapped Parameters parameters,
        @JsonUnwrapped Outcome outcome,
        @Nullable TestResult test) {

    /**
     * The trained model.
     *
     * @param model name of the model
     * @param specHash hash of its specification
     * @param labels names of its classes, if they have names
     */
    public record Run(
            String model,
            String specHash,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> labels) {}

    /**
     * The epoch with the lowest hold-out loss.
     *
     * @param epoch from 1
     * @param epochs learned
     * @param parametersKept whether the trained parameters are those of this epoch
     * @param holdout scores of its held-out samples
     */
    record BestEpoch(
            int epoch,
            int epochs,
            boolean parametersKept,
            @JsonUnwrapped Scores holdout) {
        /** Returns one line: {@code best epoch 4 of 7, hold-out loss 0.3121, accuracy 0.85; these parameters were kept}. */
        String line() {
            return String.format(
                    Locale.ROOT,
                    "best epoch %,d of %,d, hold-out %s; %s",
                    epoch,
                    epochs,
                    holdout.line(),
                    parametersKept ? "these parameters were kept" : "the parameters are those of the last epoch");
        }
    }

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
    public record Work(
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
    public record Parameters(
            String parametersSha256,
            long version,
            long parameterCount,
            @Nullable Integer keys) {}

    /**
     * The outcome of the training.
     *
     * @param epochs learned, fewer than specified after early stopping; null for a keyed model with early stopping,
     *     where each key stops on its own
     * @param heldOut rows that are predicted in each epoch and never learned
     * @param skipped rows of the file that are not the model's
     * @param stoppedAfterEpochs epochs after which early stopping ended the training; null if it did not, or for a
     *     keyed model
     * @param events detected during training, by key and then in order
     * @param rejections reasons for rejected rows of the file
     * @param worseThanConstant by how much the loss is above that of the best constant; null if it is not
     * @param problems why the model is worthless, though it was trained: a class that it never learned, or no other, or a loss
     *     above that of a constant
     */
    public record Outcome(
            @Nullable Integer epochs,
            long heldOut,
            long skipped,
            @Nullable Integer stoppedAfterEpochs,
            List<DetectedEvent> events,
            List<RejectReason> rejections,
            @Nullable WorseThanConstant worseThanConstant,
            List<String> problems) {}

    /**
     * The metrics of one window.
     *
     * @param key of the model, or null for a model without one
     * @param index from 0
     * @param samples in the window; fewer than in the others where the input ended
     * @param scores of these samples
     * @param updates of the parameters
     * @param holdout of the epoch
     */
    public record Window(
            @Nullable String key,
            long index,
            long samples,
            @JsonUnwrapped Scores scores,
            @JsonUnwrapped Updates updates,
            @JsonUnwrapped Holdout holdout) {}

    /**
     * The updates of a window; all null if there were none.
     *
     * @param learningRate of the last update
     * @param gradientNorm mean Euclidean norm of the gradient before clipping
     * @param updateNorm mean Euclidean norm of the change of the parameters
     * @param clippedShare share of updates whose gradient was clipped
     * @param rejectedShare share of samples rejected for their gradient
     */
    public record Updates(
            @Nullable Double learningRate,
            @Nullable Double gradientNorm,
            @Nullable Double updateNorm,
            @Nullable Double clippedShare,
            @Nullable Double rejectedShare) {
        public static final Updates NONE = new Updates(null, null, null, null, null);
    }

    /**
     * Held-out samples at the end of a window.
     *
     * @param holdoutLoss their weighted mean loss, in this epoch so far; null if there are none
     * @param epoch from 0
     */
    public record Holdout(@Nullable Double holdoutLoss, int epoch) {}

    /**
     * An event detected during training.
     *
     * @param key of the model, or null for a model without one
     * @param kind drift, divergence, or plateau
     * @param detector that detected it
     * @param sample number of samples the model had learned from at that time
     * @param before mean loss before, or the best
     * @param after mean loss after, as far as known at that time
     */
    public record DetectedEvent(
            @Nullable String key, String kind, String detector, long sample, double before, double after) {}

    /** Returns the same report with the metrics of a test file. */
    TrainingReport withTest(TestResult result) {
        return new TrainingReport(run, bestEpoch, work, windows, parameters, outcome, result);
    }
}
