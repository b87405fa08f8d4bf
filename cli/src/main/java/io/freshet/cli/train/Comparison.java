package io.freshet.cli.train;

import io.freshet.cli.console.Scores;
import io.freshet.cli.console.Table;
import io.freshet.learning.evaluation.Event;
import io.freshet.learning.evaluation.Metric;
import io.freshet.learning.evaluation.WorseThanConstant;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.SpecVariants;
import io.freshet.learning.yaml.Plural;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The results of variants of a model that learned the same samples. The JSON has these names in this order.
 *
 * @param model name of the model
 * @param best name of the variant with the lowest loss since the start, the first among equals, and one that did not
 *     diverge unless all did; null if the losses measure different things, or if no loss is a number
 * @param variants in the order given
 */
record Comparison(String model, @Nullable String best, List<Variant> variants) {
    /**
     * The result of one variant.
     *
     * @param variant name of the variant
     * @param values of the fields that vary, by path
     * @param loss name of the loss
     * @param window samples in a full window, at least
     * @param lastWindowLoss loss of the newest full window; null if nothing was learned
     * @param diverged when the loss first diverged, how many rows were rejected because of it, or that the variant is worse than a
     *     constant; null if none of these
     * @param training same as the report of a separate run, except that seconds are those of the run with all variants
     */
    record Variant(
            String variant,
            Map<String, @Nullable Object> values,
            String loss,
            int window,
            @Nullable Double lastWindowLoss,
            @Nullable String diverged,
            TrainingReport training) {
        /** @param rejected number of rows that were rejected while learning, if too many, else 0 */
        static Variant of(SpecVariants.Variant variant, TrainingReport training, long rejected) {
            ModelSpec spec = variant.spec();
            // Each window of a full batch is an epoch, however few rows the file has.
            int window = spec.training().batch().isFull() ? 1 : spec.window();
            return new Variant(
                    spec.name(),
                    variant.values(),
                    spec.loss().name(),
                    window,
                    LossCurve.last(training.windows(), window),
                    diverged(training, rejected),
                    training);
        }

        private static @Nullable String diverged(TrainingReport training, long rejected) {
            if (rejected > 0) {
                return String.format(Locale.ROOT, "%,d rows rejected", rejected);
            }
            WorseThanConstant worse = training.outcome().worseThanConstant();
            if (worse != null) {
                return worse.diverged() ? "from the start" : "worse than a constant";
            }
            return training.outcome().events().stream()
                    .filter(event -> event.kind().equals(Event.Kind.DIVERGENCE.text()))
                    .map(event -> String.format(Locale.ROOT, "at sample %,d", event.sample()))
                    .findFirst()
                    .orElse(null);
        }
    }

    /** Returns whether the losses of variants measure the same: the same loss of the same labels and weights on the same rows. */
    static boolean isFair(List<ModelSpec> specs) {
        return specs.stream()
                        .map(spec -> Arrays.asList(
                                spec.loss(),
                                spec.fields().label(),
                                spec.fields().labels(),
                                spec.fields().weight(),
                                spec.fields().samplingRate(),
                                spec.stream().when(),
                                spec.holdout()))
                        .distinct()
                        .count()
                == 1;
    }

    /** @param comparable whether the losses of the variants measure the same */
    static Comparison of(String model, boolean comparable, List<Variant> variants) {
        String best = null;
        double least = Double.POSITIVE_INFINITY;
        boolean anyConverged = variants.stream().anyMatch(variant -> variant.diverged() == null);
        for (Variant variant : variants) {
            Double loss = variant.training().work().scores().loss();
            boolean candidate = comparable && (variant.diverged() == null || !anyConverged);
            if (candidate && loss != null && loss < least) {
                least = loss;
                best = variant.variant();
            }
        }
        return new Comparison(model, best, List.copyOf(variants));
    }

    /**
     * Returns a line for each variant, the best marked with a star, and a column for each metric that any variant has.
     */
    String table() {
        Map<String, Function<Variant, @Nullable Double>> metrics = new LinkedHashMap<>();
        for (Metric metric : Scores.COLUMNS) {
            metrics.put(
                    metric.column(),
                    variant -> variant.training().work().scores().get(metric));
            if (metric == Metric.LOSS) {
                metrics.put("last window", Variant::lastWindowLoss);
            }
        }
        if (variants.stream()
                .map(variant -> variant.training().work().scores())
                .allMatch(scores -> Objects.equals(scores.loss(), scores.get(Metric.LOG_LOSS)))) {
            metrics.remove(Metric.LOG_LOSS.column());
        }
        metrics.values().removeIf(metric -> variants.stream().allMatch(variant -> metric.apply(variant) == null));

        List<String> header = new ArrayList<>(List.of("", "variant", "samples"));
        header.addAll(metrics.keySet());
        boolean anyDiverged = variants.stream().anyMatch(variant -> variant.diverged() != null);
        if (anyDiverged) {
            header.add("diverged");
        }
        Table table = new Table(header.toArray(String[]::new));
        for (Variant variant : variants) {
            List<String> row = new ArrayList<>();
            row.add(variant.variant().equals(best) ? "*" : "");
            row.add(variant.variant());
            row.add(String.format(Locale.ROOT, "%,d", variant.training().work().samples()));
            metrics.values().forEach(metric -> row.add(Scores.text(metric.apply(variant))));
            if (anyDiverged) {
                row.add(variant.diverged() == null ? "-" : variant.diverged());
            }
            table.add(row.toArray(String[]::new));
        }
        return table.toString();
    }

    /** Returns a chart of every variant's loss over the samples; the best is marked with a star and a thick line. */
    LineChart chart(String input) {
        List<LossCurve> curves = variants.stream()
                .map(variant -> LossCurve.of(variant.training().windows(), variant.window()))
                .toList();
        List<LineChart.Line> lines = new ArrayList<>();
        for (int i = 0; i < curves.size(); i++) {
            Variant variant = variants.get(i);
            String name = variant.variant();
            String label = variant.diverged() == null ? name : name + " (diverged " + variant.diverged() + ")";
            lines.add(new LineChart.Line(
                    name.equals(best) ? "* " + label : label,
                    curves.get(i).samples(),
                    curves.get(i).losses(),
                    name.equals(best),
                    variant.diverged() != null));
        }
        boolean keyed = variants.stream()
                .anyMatch(variant -> variant.training().parameters().keys() != null);
        String fields = variants.get(0).values().keySet().stream()
                .map(path -> path.replaceFirst("\\.type$", ""))
                .collect(Collectors.joining(" and "));
        List<Long> widths = curves.stream().map(LossCurve::width).distinct().toList();
        String xLabel = String.format(
                Locale.ROOT,
                "%s (%s, %s%s)",
                keyed ? "samples of a key" : "samples",
                input,
                Plural.of(variants.get(0).training().work().samples(), "sample"),
                widths.size() > 1 ? "" : String.format(Locale.ROOT, "; running mean of %,d", widths.get(0)));
        return new LineChart(
                model + ": loss by " + fields,
                xLabel,
                "loss: " + variants.stream().map(Variant::loss).distinct().collect(Collectors.joining(", ")),
                lines);
    }
}
