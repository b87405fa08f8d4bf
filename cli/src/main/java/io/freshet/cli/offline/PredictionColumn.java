package io.freshet.cli.offline;

import io.freshet.learning.loss.Task;
import io.freshet.learning.predict.PredictedClass;
import io.freshet.learning.spec.ModelSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A column of a model's predictions.
 *
 * <pre>
 *   numbers, counts    prediction
 *   yes or no          class, probability_C of each class C; with hinge, class and score
 *   classes            class, probability_C of each class C
 *   a mask             mask, probabilities                          lists
 *   a box              box                                          a list
 *   a sequence         class, probabilities                         lists, those of step 0 first
 * </pre>
 *
 * With several outputs, a column is that of one output, and ends with its label: {@code prediction_price}.
 *
 * @param value writes the column of a prediction
 */
record PredictionColumn(String name, Value value) {
    /** Writes a part of a prediction. */
    interface Value {
        void write(float[] prediction, RowWriter out) throws IOException;
    }

    static List<PredictionColumn> of(ModelSpec spec) {
        Task task = spec.loss().task();
        return switch (task) {
            case REGRESSION, NUMBER -> numbers("prediction", spec);
            case BINARY -> spec.outputs() == 1 ? yesOrNo(spec) : both(twoClasses(spec), numbers("probability", spec));
            case MARGIN -> both(twoClasses(spec), numbers("score", spec));
            case MULTICLASS -> classes(spec);
            case SEQUENCE -> List.of(classOfSteps(spec), list("probabilities"));
            case MASK -> List.of(mask(), list("probabilities"));
            case BOX -> List.of(list("box"));
        };
    }

    private static List<PredictionColumn> both(List<PredictionColumn> first, List<PredictionColumn> second) {
        List<PredictionColumn> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    /** A number for each output. */
    private static List<PredictionColumn> numbers(String name, ModelSpec spec) {
        List<PredictionColumn> columns = new ArrayList<>();
        for (int k = 0; k < spec.outputs(); k++) {
            columns.add(number(ofOutput(name, k, spec), k));
        }
        return columns;
    }

    private static PredictionColumn number(String name, int k) {
        return new PredictionColumn(name, (prediction, out) -> out.number(prediction[k]));
    }

    /** One of two classes for each output. */
    private static List<PredictionColumn> twoClasses(ModelSpec spec) {
        List<PredictionColumn> columns = new ArrayList<>();
        Task task = spec.loss().task();
        for (int k = 0; k < spec.outputs(); k++) {
            int output = k;
            columns.add(new PredictionColumn(
                    ofOutput("class", k, spec),
                    (prediction, out) -> writeClass(PredictedClass.ofTwo(task, prediction[output]), spec, out)));
        }
        return columns;
    }

    private static List<PredictionColumn> yesOrNo(ModelSpec spec) {
        return both(
                twoClasses(spec),
                List.of(
                        new PredictionColumn(
                                "probability_" + className(0, spec),
                                (prediction, out) -> out.number(1 - prediction[0])),
                        number("probability_" + className(1, spec), 0)));
    }

    private static List<PredictionColumn> classes(ModelSpec spec) {
        List<PredictionColumn> columns = new ArrayList<>();
        int outputs = spec.outputs();
        columns.add(new PredictionColumn(
                "class",
                (prediction, out) -> writeClass(PredictedClass.mostLikely(prediction, 0, outputs), spec, out)));
        for (int k = 0; k < outputs; k++) {
            columns.add(number("probability_" + className(k, spec), k));
        }
        return columns;
    }

    private static PredictionColumn classOfSteps(ModelSpec spec) {
        int outputs = spec.outputs();
        return new PredictionColumn("class", (prediction, out) -> {
            out.startList();
            for (int from = 0; from < prediction.length; from += outputs) {
                writeClass(PredictedClass.mostLikely(prediction, from, outputs), spec, out);
            }
            out.endList();
        });
    }

    private static PredictionColumn mask() {
        return new PredictionColumn("mask", (prediction, out) -> {
            out.startList();
            for (float probability : prediction) {
                out.bool(probability >= 0.5f);
            }
            out.endList();
        });
    }

    private static PredictionColumn list(String name) {
        return new PredictionColumn(name, (prediction, out) -> {
            out.startList();
            for (float number : prediction) {
                out.number(number);
            }
            out.endList();
        });
    }

    private static String ofOutput(String name, int k, ModelSpec spec) {
        if (spec.outputs() == 1) {
            return name;
        }
        return name + "_"
                + (spec.fields().labelIsVector()
                        ? Integer.toString(k)
                        : spec.fields().label().get(k));
    }

    private static String className(int number, ModelSpec spec) {
        return spec.labels().isEmpty()
                ? Integer.toString(number)
                : spec.labels().get(number);
    }

    private static void writeClass(int number, ModelSpec spec, RowWriter out) throws IOException {
        if (spec.labels().isEmpty()) {
            out.number(number);
        } else {
            out.text(spec.labels().get(number));
        }
    }
}
