package io.freshet.cli.predict;

import io.freshet.learning.loss.Task;
import io.freshet.learning.spec.ModelSpec;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a model's predictions mean.
 *
 * @param outputs names of the outputs or classes that a prediction has a number for
 * @param classes names of the classes, in the order of their numbers; empty if classes have only numbers
 */
public record PredictionShape(Task task, List<String> outputs, List<String> classes) {
    public PredictionShape {
        outputs = List.copyOf(outputs);
        classes = List.copyOf(classes);
    }

    public static PredictionShape of(ModelSpec spec) {
        List<String> labels =
                spec.fields().labelIsVector() ? List.of() : spec.fields().label();
        return of(spec.loss().task(), spec.outputs(), labels, spec.labels());
    }

    /** @param labels a name for each output; or others, for outputs without a name */
    public static PredictionShape of(Task task, int outputs, List<String> labels, List<String> classes) {
        return new PredictionShape(task, labels.size() == outputs ? labels : numbers(outputs), classes);
    }

    /** Returns the outputs whose logits a server explains: each; or the predicted class, or the only output, as "". */
    List<String> explained() {
        return task == Task.MULTICLASS || outputs.size() == 1 ? List.of("") : outputs;
    }

    /** Returns the name of a class, or else its number. */
    String className(int number) {
        return classes.isEmpty() ? Integer.toString(number) : classes.get(number);
    }

    /** Returns the name of a class as a text, or else its number as a number. */
    Object classValue(int number) {
        return classes.isEmpty() ? (Object) number : classes.get(number);
    }

    private static List<String> numbers(int count) {
        return IntStream.range(0, count).mapToObj(Integer::toString).toList();
    }
}
