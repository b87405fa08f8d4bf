package io.freshet.server.predict;

import io.freshet.learning.loss.Task;
import io.freshet.learning.predict.Explainer;
import io.freshet.learning.predict.PredictedClass;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.server.request.Datatype;
import io.freshet.server.store.ServedSpec;
import io.vertx.core.json.Json;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The outputs of a model, each a tensor with one row per row of the request.
 *
 * <p>Shorter sequences are padded to the longest in the response, with probabilities 0 and class {@value #NO_CLASS}.
 */
public enum ModelOutput {
    /** The predicted numbers, or for each binary label the probability of 1. */
    PREDICTION(Datatype.FP32, ModelOutput::writeNumbers),
    /** The score of each label; its sign is the class. Not a probability. */
    SCORE(Datatype.FP32, ModelOutput::writeNumbers),
    /** The probability of each of K classes, per step for a sequence; or of each of K elements of a mask. */
    PROBABILITIES(Datatype.FP32, ModelOutput::writeProbabilities),
    /**
     * The most likely class, per step for a sequence; ties go to the lower index. For a binary label, 1 if the
     * probability is at least 0.5 or the score at least 0. A class that has a name is written by name.
     */
    CLASS(Datatype.INT64, ModelOutput::writeClasses),
    /** Whether each element belongs to the mask: its probability is at least 0.5. */
    MASK(Datatype.BOOL, ModelOutput::writeMask),
    /** The predicted corners x1, y1, x2, y2. */
    BOX(Datatype.FP32, ModelOutput::writeNumbers),
    /** The version that predicted the row, for keyed models. */
    VERSION(
            Datatype.INT64,
            (response, row, to) -> to.number(response.rows().set(row).version())),
    /** The age in seconds of the parameters that predicted the row, for keyed models; null before the first sample. */
    AGE_SECONDS(Datatype.FP64, ModelOutput::writeAge),
    /** The offsets that the parameters of the row have learned, for keyed models, on request. */
    OFFSETS(
            Datatype.BYTES,
            (response, row, to) -> to.text(response.rows().set(row).offsets())),
    /** The label by which the parameters of the row were selected, for keyed models, or "". */
    VERSION_LABEL(Datatype.BYTES, (response, row, to) -> to.text(response.rows().versionLabel(row))),
    /** What each feature contributes to the logit, as a JSON object by name, on request. */
    CONTRIBUTIONS(
            Datatype.BYTES,
            (response, row, to) -> response.rows()
                    .explanations()
                    .get(row)
                    .forEach(contributions -> to.text(Json.encode(contributions)))),
    /** Why a row of a keyed model has no prediction, or "". */
    ERROR(Datatype.BYTES, (response, row, to) -> to.text(response.rows().error(row)));

    /** Writes the values of one row, which has a prediction, or of {@link #ERROR}. */
    private interface RowWriter {
        void write(InferResponse response, int row, TensorValues to);
    }

    private static final int NO_CLASS = -1;
    /** Outputs with one value per row, whatever the model predicts. */
    private static final Set<ModelOutput> OF_ROWS = EnumSet.of(VERSION, AGE_SECONDS, OFFSETS, VERSION_LABEL, ERROR);

    private final Datatype datatype;
    private final RowWriter writer;
    private final String label = name().toLowerCase(Locale.ROOT);

    ModelOutput(Datatype datatype, RowWriter writer) {
        this.datatype = datatype;
        this.writer = writer;
    }

    /** Writes the values of all rows; those of a row with an error are missing. */
    public void write(InferResponse response, TensorValues to) {
        int width = 1;
        List<Integer> shape = shape(response.spec().spec(), response.rows().count(), response.steps());
        for (int size : shape.subList(1, shape.size())) {
            width *= size;
        }
        for (int row = 0; row < response.rows().count(); row++) {
            if (this == ERROR || response.rows().error(row).isEmpty()) {
                write(response, row, to);
            } else {
                for (int i = 0; i < width; i++) {
                    to.missing();
                }
            }
        }
    }

    /** Writes the values of one row, which has a prediction, or of {@link #ERROR}. */
    public void write(InferResponse response, int row, TensorValues to) {
        writer.write(response, row, to);
    }

    /** Returns the outputs with what a model predicts, in response order. */
    public static List<ModelOutput> predicted(ModelSpec spec) {
        return switch (spec.loss().task()) {
            case REGRESSION, NUMBER -> List.of(PREDICTION);
            case BINARY -> List.of(PREDICTION, CLASS);
            case MARGIN -> List.of(SCORE, CLASS);
            case MULTICLASS, SEQUENCE -> List.of(PROBABILITIES, CLASS);
            case MASK -> List.of(PROBABILITIES, MASK);
            case BOX -> List.of(BOX);
        };
    }

    /** Returns all outputs of a model, in response order. */
    public static List<ModelOutput> of(ServedSpec served) {
        List<ModelOutput> outputs = new ArrayList<>(predicted(served.spec()));
        if (served.isKeyed()) {
            outputs.add(VERSION);
            outputs.add(AGE_SECONDS);
            outputs.add(ERROR);
        }
        return outputs;
    }

    public String label() {
        return label;
    }

    public Datatype datatype(ModelSpec spec) {
        return this == CLASS && !spec.labels().isEmpty() ? Datatype.BYTES : datatype;
    }

    /**
     * Returns the dimensions: rows, then steps for a sequence, then numbers per row or step if there can be several.
     *
     * @param rows rows of the request, or -1 if unknown
     * @param steps length of the longest sequence, or -1 if unknown
     */
    public List<Integer> shape(ModelSpec spec, int rows, int steps) {
        Task task = spec.loss().task();
        List<Integer> shape = new ArrayList<>(List.of(rows));
        if (OF_ROWS.contains(this)) {
            return shape;
        }
        if (task == Task.SEQUENCE) {
            shape.add(steps);
        }
        if (this == CONTRIBUTIONS) {
            if (Explainer.explained(spec) > 1) {
                shape.add(Explainer.explained(spec));
            }
            return shape;
        }
        boolean oneClass = this == CLASS && task.hasClasses();
        if (!oneClass && (spec.outputs() > 1 || this == PROBABILITIES || this == MASK)) {
            shape.add(spec.outputs());
        }
        return shape;
    }

    private static void writeNumbers(InferResponse response, int row, TensorValues to) {
        for (float number : response.rows().predictions()[row]) {
            to.number(number);
        }
    }

    private static void writeProbabilities(InferResponse response, int row, TensorValues to) {
        writeNumbers(response, row, to);
        int padded = response.steps() * response.spec().spec().outputs();
        for (int i = response.rows().predictions()[row].length; i < padded; i++) {
            to.number(0f);
        }
    }

    private static void writeClasses(InferResponse response, int row, TensorValues to) {
        float[] numbers = response.rows().predictions()[row];
        ModelSpec spec = response.spec().spec();
        Task task = spec.loss().task();
        if (task.isBinary()) {
            for (float number : numbers) {
                writeClass(spec, PredictedClass.ofTwo(task, number), to);
            }
            return;
        }
        int outputs = spec.outputs();
        int steps = task == Task.SEQUENCE ? response.steps() : 1;
        for (int step = 0; step < steps; step++) {
            int from = step * outputs;
            writeClass(spec, from < numbers.length ? PredictedClass.mostLikely(numbers, from, outputs) : NO_CLASS, to);
        }
    }

    private static void writeMask(InferResponse response, int row, TensorValues to) {
        for (float probability : response.rows().predictions()[row]) {
            to.flag(probability >= 0.5f);
        }
    }

    private static void writeAge(InferResponse response, int row, TensorValues to) {
        double age = response.ageSeconds(row);
        if (Double.isNaN(age)) {
            to.missing();
        } else {
            to.number(age);
        }
    }

    private static void writeClass(ModelSpec spec, int number, TensorValues to) {
        if (spec.labels().isEmpty()) {
            to.number(number);
        } else {
            to.text(spec.labels().get(number));
        }
    }
}
