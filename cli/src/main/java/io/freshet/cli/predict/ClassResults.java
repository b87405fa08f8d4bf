package io.freshet.cli.predict;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.freshet.cli.console.Scores;
import io.freshet.cli.console.Table;
import io.freshet.learning.evaluation.ClassMetrics;
import io.freshet.learning.evaluation.ConfusionMatrix;
import io.freshet.learning.predict.Scorer;
import io.freshet.learning.spec.ModelSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How well each class of a test file was predicted.
 *
 * @param classes in the order of their numbers; empty for a model without classes
 * @param confusion weight of the samples by class, in rows, and by predicted class, in columns; null without classes, and for
 *     more than {@link ConfusionMatrix#MOST_CLASSES}
 */
record ClassResults(
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<ClassResult> classes,
        @JsonInclude(JsonInclude.Include.NON_NULL) double @Nullable [][] confusion) {
    private static final int SHOWN_CLASSES = 20;

    /**
     * How well one class was predicted. A metric is null if it is undefined.
     *
     * @param name of the class, or its number
     */
    record ClassResult(String name, @JsonUnwrapped ClassMetrics metrics) {}

    /** Returns the results of all samples that were scored. */
    static ClassResults of(ModelSpec spec, Scorer scorer) {
        List<ClassMetrics> metrics = scorer.tally().byClass();
        List<ClassResult> classes = new ArrayList<>();
        for (int c = 0; c < metrics.size(); c++) {
            String name = spec.labels().isEmpty()
                    ? Integer.toString(c)
                    : spec.labels().get(c);
            classes.add(new ClassResult(name, metrics.get(c)));
        }
        ConfusionMatrix confusion = scorer.confusion();
        return new ClassResults(classes, confusion == null ? null : confusion.weights());
    }

    /**
     * Returns a table of the classes, and the confusion matrix if it is small enough to read; empty without classes.
     *
     * @param elsewhere where all classes are, if the table has some of them only
     */
    String text(String elsewhere) {
        if (classes.isEmpty()) {
            return "";
        }
        StringBuilder text = new StringBuilder(table().toString()).append(System.lineSeparator());
        int left = classes.size() - SHOWN_CLASSES;
        if (left > 0) {
            text.append(left).append(" more classes").append(elsewhere).append(System.lineSeparator());
        } else if (confusion != null) {
            text.append(matrix(confusion)).append(System.lineSeparator());
        }
        return text.toString();
    }

    private Table table() {
        Table table = new Table("class", "weight", "precision", "recall", "f1", "log loss");
        classes.stream()
                .limit(SHOWN_CLASSES)
                .forEach(each -> table.add(
                        each.name,
                        weight(each.metrics.weight()),
                        Scores.text(each.metrics.precision()),
                        Scores.text(each.metrics.recall()),
                        Scores.text(each.metrics.f1()),
                        Scores.text(each.metrics.logLoss())));
        return table;
    }

    private Table matrix(double[][] weights) {
        List<String> header = new ArrayList<>();
        header.add("class \\ predicted");
        classes.forEach(each -> header.add(each.name));
        Table table = new Table(header.toArray(String[]::new));
        for (int c = 0; c < weights.length; c++) {
            List<String> row = new ArrayList<>();
            row.add(classes.get(c).name);
            for (double weight : weights[c]) {
                row.add(weight(weight));
            }
            table.add(row.toArray(String[]::new));
        }
        return table;
    }

    private static String weight(double weight) {
        return String.format(Locale.ROOT, weight == Math.rint(weight) ? "%,.0f" : "%,.2f", weight);
    }
}
