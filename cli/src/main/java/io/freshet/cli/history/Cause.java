package io.freshet.cli.history;

import io.freshet.cli.console.CommandException;
import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Sample;
import io.freshet.learning.predict.Explainer;
import io.freshet.learning.predict.Predictor;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.sample.JsonDecoder;
import io.freshet.schemas.sample.RecordFields;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The prediction of an answer, computed again from the parameters of its version.
 *
 * @param prediction as computed again
 * @param contributions of the features to each explained logit; none for a model of sequences
 */
record Cause(float[] prediction, List<Map<String, Double>> contributions) {
    /**
     * Predicts the logged fields again.
     *
     * @param keyField of the model that was asked; null without keys
     * @throws CommandException if the log lacks fields that the model needs
     */
    static Cause of(LoggedAnswer answer, Snapshot snapshot, @Nullable String keyField) throws CommandException {
        ModelSpec spec = snapshot.spec();
        RowLayout layout = RowLayout.of(List.of(spec));
        Row row = new Row(layout);
        try {
            JsonDecoder decoder = new JsonDecoder(layout, RecordFields.NONE);
            decoder.decode(answer.inputs(keyField), answer.eventTime(), row);
            Sample sample = new FeatureEncoder(spec, layout).encodeFeatures(row);
            Predictor.Shape shape = new Predictor.Shape(spec);
            float[] prediction = new Predictor(snapshot, shape).predict(sample);
            boolean isSequence = spec.model().steps() > 0;
            return new Cause(
                    prediction, isSequence ? List.of() : new Explainer(shape, layout).explain(snapshot, sample, row));
        } catch (MalformedRecordException | InvalidSampleException e) {
            throw new CommandException("fields of the answer: " + e.getMessage()
                    + " (expected: those that the model reads; servers log them with --log-answers-fields all)");
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
    }

    /** Returns whether the prediction has the bits of the one that was answered. */
    boolean isIdentical(LoggedAnswer answer) {
        return Arrays.equals(prediction, answer.prediction());
    }
}
