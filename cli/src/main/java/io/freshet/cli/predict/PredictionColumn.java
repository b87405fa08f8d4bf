package io.freshet.cli.predict;

import io.freshet.learning.loss.Task;
import io.freshet.learning.predict.PredictedClass;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

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
 * @param value returns the column of a prediction, for a {@link RowWriter}
 */
record PredictionColumn(String name, Function<float[], Object> value) {
    private static final String PROBABILITY = "probability";

    static List<PredictionColumn> of(PredictionShape shape) {
        Task task = shape.task();
        return switch (task) {
            case REGRESSION, NUMBER -> numbers("prediction", shape);
            case BINARY ->
                shape.outputs().size() == 1 ? yesOrNo(shape) : both(twoClasses(shape), numbers(PROBABILITY, shape));
            case MARGIN -> both(twoClasses(shape), numbers("score", shape));
            case MULTICLASS -> classes(shape);
            case SEQUENCE -> List.of(classOfSteps(shape), list("probabilities"));
            case MASK -> List.of(mask(), list("probabilities"));
            case BOX -> List.of(list("box"));
        };
    }

    /** Returns fewer columns, to read: the probability of several classes is that of the predicted one. */
    static List<PredictionColumn> summary(PredictionShape shape) {
        Task task = shape.task();
        if (task == Task.BINARY && shape.outputs().size() == 1) {
            return both(
                    twoClasses(shape),
                    List.of(new PredictionColumn(
                            PROBABILITY, prediction -> Math.max(prediction[0], 1 - prediction[0]))));
        }
        if (task == Task.MULTICLASS) {
            return List.of(
                    classes(shape).get(0),
                    new PredictionColumn(
                            PROBABILITY,
                            prediction -> prediction[PredictedClass.mostLikely(prediction, 0, prediction.length)]));
        }
        return of(shape);
    }

    private static List<PredictionColumn> both(List<PredictionColumn> first, List<PredictionColumn> second) {
        List<PredictionColumn> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    /** A number for each output. */
    private static List<PredictionColumn> numbers(String name, PredictionShape shape) {
        return IntStream.range(0, shape.outputs().size())
                .mapToObj(k -> number(ofOutput(name, k, shape), k))
                .toList();
    }

    private static PredictionColumn number(String name, int k) {
        return new PredictionColumn(name, prediction -> prediction[k]);
    }

    /** One of two classes for each output. */
    private static List<PredictionColumn> twoClasses(PredictionShape shape) {
        return IntStream.range(0, shape.outputs().size())
                .mapToObj(k -> new PredictionColumn(
                        ofOutput("class", k, shape),
                        prediction -> shape.classValue(PredictedClass.ofTwo(shape.task(), prediction[k]))))
                .toList();
    }

    private static List<PredictionColumn> yesOrNo(PredictionShape shape) {
        return both(
                twoClasses(shape),
                List.of(
                        new PredictionColumn(PROBABILITY + "_" + shape.className(0), prediction -> 1 - prediction[0]),
                        number(PROBABILITY + "_" + shape.className(1), 0)));
    }

    private static List<PredictionColumn> classes(PredictionShape shape) {
        List<PredictionColumn> columns = new ArrayList<>();
        int outputs = shape.outputs().size();
        columns.add(new PredictionColumn(
                "class", prediction -> shape.classValue(PredictedClass.mostLikely(prediction, 0, outputs))));
        for (int k = 0; k < outputs; k++) {
            columns.add(number(PROBABILITY + "_" + shape.className(k), k));
        }
        return columns;
    }

    private static PredictionColumn classOfSteps(PredictionShape shape) {
        int outputs = shape.outputs().size();
        return new PredictionColumn(
                "class",
                prediction -> IntStream.range(0, prediction.length / outputs)
                        .mapToObj(step ->
                                shape.classValue(PredictedClass.mostLikely(prediction, step * outputs, outputs)))
                        .toList());
    }

    private static PredictionColumn mask() {
        return new PredictionColumn(
                "mask",
                prediction -> IntStream.range(0, prediction.length)
                        .mapToObj(i -> prediction[i] >= 0.5f)
                        .toList());
    }

    private static PredictionColumn list(String name) {
        return new PredictionColumn(
                name,
                prediction -> IntStream.range(0, prediction.length)
                        .mapToObj(i -> prediction[i])
                        .toList());
    }

    private static String ofOutput(String name, int k, PredictionShape shape) {
        return shape.outputs().size() == 1 ? name : name + "_" + shape.outputs().get(k);
    }
}
