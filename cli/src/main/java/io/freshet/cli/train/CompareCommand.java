package io.freshet.cli.train;

import io.freshet.cli.feed.RejectOptions;
import io.freshet.cli.input.CommandFiles;
import io.freshet.cli.input.InputException;
import io.freshet.cli.input.RowFiles;
import io.freshet.learning.spec.DefaultOptimizer;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.SpecVariants;
import io.freshet.learning.yaml.Plural;
import io.freshet.learning.yaml.SpecException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains variants of a model side by side on the same samples. */
@Command(
        name = "compare",
        description = "Train variants of a model side by side on a file, and plot their losses.",
        footer = {
            "Values are YAML: --vary optimizer=sgd,rmsprop --vary batch.size=1,32 gives four variants, "
                    + "and --vary 'optimizer={type: sgd, learningRate: 0.1},{type: rmsprop, decay: 0.99}' gives two. Where "
                    + "a type varies, only learningRate is kept of the fields next to it, for a type that has one. A row that is invalid for one "
                    + "variant is rejected for all. A variant that diverged, or rejected more rows than --max-rejected "
                    + "while learning, or is worse than a constant, is marked, and is the best only if all are.",
            "",
            "Examples:",
            "  # Six variants: each optimizer with each learning rate",
            "  freshet compare --spec delays.yaml --input flights.csv \\",
            "      --vary optimizer=sgd,rmsprop --vary optimizer.learningRate=0.01,0.1,1"
        })
public final class CompareCommand implements Callable<Integer> {
    @Mixin
    private TrainingOptions options = new TrainingOptions();

    @Option(
            names = "--vary",
            required = true,
            paramLabel = "<path>=<value>,...",
            description = "A field of the specification and its values; repeat it to try all combinations.")
    private List<String> variations = new ArrayList<>();

    @Option(
            names = "--plot",
            paramLabel = "<file>",
            description = "File for the chart of the losses, .svg or .png (default: <model>-compare.svg).")
    private @Nullable Path plot;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    @Override
    public Integer call() throws Exception {
        options.check();
        PrintWriter out = command.commandLine().getOut();
        PrintWriter err = command.commandLine().getErr();
        RowFiles files = options.input();
        SpecVariants variants = variants(options.specification(files, err));
        List<ModelSpec> specs =
                variants.variants().stream().map(SpecVariants.Variant::spec).toList();
        CommandFiles all = new CommandFiles();
        printDefaults(err, specs);
        Training training = options.training(files, specs, all);
        Path plotPath = plot == null ? Path.of(variants.name() + "-compare.svg") : plot;
        ChartFile chartFile = ChartFile.of(all.writes("--plot", plotPath));

        Training.Run run = training.run(null, err);
        Comparison comparison = comparison(variants, run);
        boolean worthless = false;
        // Some rates of a comparison are meant to be too large.
        boolean allWorse = true;
        for (int i = 0; i < specs.size(); i++) {
            TrainingReport report = comparison.variants().get(i).training();
            String prefix = specs.get(i).name() + ": ";
            TrainingOptions.printProblems(err, prefix, report);
            boolean worse = report.outcome().worseThanConstant() != null;
            worthless |= report.outcome().problems().size() > (worse ? 1 : 0);
            allWorse &= worse;
            TrainingOptions.printDivergence(err, prefix, specs.get(i), report);
        }
        chartFile.write(comparison.chart(files.name()));
        String json = options.report(comparison);
        if (options.text()) {
            out.println(comparison.table());
            out.println(summary(comparison));
            out.println("plot " + plotPath);
        } else {
            out.println(json);
        }
        boolean tooMany = printRejections(err, comparison, specs, run);
        return worthless || allWorse || tooMany ? 1 : 0;
    }

    /** The default of the optimizer, and with it that of the limits, depends on other fields, so it may differ between variants. */
    private static void printDefaults(PrintWriter err, List<ModelSpec> specs) {
        if (specs.stream().map(spec -> spec.optimizer().name()).distinct().count() > 1) {
            specs.stream()
                    .filter(DefaultOptimizer::isUsed)
                    .forEach(spec ->
                            err.println("freshet: " + spec.name() + ": optimizer " + DefaultOptimizer.explain(spec)));
        }
        if (specs.stream().map(ModelSpec::clamps).distinct().count() > 1) {
            specs.stream()
                    .filter(ModelSpec::clamps)
                    .forEach(spec -> err.println("freshet: " + spec.name() + ": clamp: labels, so its loss is that of"
                            + " limited predictions, unlike that of others"));
        }
    }

    /** Prints the reasons for rejected rows; returns whether too many were rejected for all variants. */
    private boolean printRejections(PrintWriter err, Comparison comparison, List<ModelSpec> specs, Training.Run run) {
        RejectedRows rejections = run.rejections();
        long invalid = rejections.invalidRows();
        long rows = rows(run);
        RejectOptions.print(err, "", invalid, rows, rejections.invalid());
        for (Comparison.Variant variant : comparison.variants()) {
            String name = variant.variant();
            RejectOptions.print(err, name + ": ", rejections.rowsRejectedBy(name), rows, rejections.by(name));
        }
        TrainingOptions.printSuggestion(err, specs, rejections);
        return options.rejects().limit().isOverMaximum(err, invalid, rows);
    }

    /** Returns the number of rows that are the model's, and so those of its variants, including rejected ones. */
    private static long rows(Training.Run run) {
        long skipped = run.results().stream()
                .mapToLong(result -> result.report().outcome().skipped())
                .min()
                .orElse(0);
        return run.rows() - skipped;
    }

    private SpecVariants variants(String yaml) throws InputException {
        try {
            return SpecVariants.of(yaml, variations);
        } catch (SpecException e) {
            throw new InputException(options.specFile() + ": " + e.getMessage());
        }
    }

    private Comparison comparison(SpecVariants variants, Training.Run run) {
        List<Comparison.Variant> trained = new ArrayList<>();
        List<ModelSpec> measured = new ArrayList<>();
        for (int i = 0; i < run.results().size(); i++) {
            SpecVariants.Variant variant = variants.variants().get(i);
            long rejected = run.rejections().rowsRejectedBy(variant.spec().name());
            TrainingReport report = run.results().get(i).report();
            TrainingReport.Outcome outcome = report.outcome();
            if (report.work().scores().loss() != null) {
                measured.add(variant.spec());
            }
            trained.add(Comparison.Variant.of(
                    variant,
                    report,
                    options.rejects().limit().isTooMany(rejected, run.rows() - outcome.skipped()) ? rejected : 0));
        }
        return Comparison.of(variants.name(), Comparison.isFair(measured), trained);
    }

    private static String summary(Comparison comparison) {
        List<TrainingReport> reports =
                comparison.variants().stream().map(Comparison.Variant::training).toList();
        double seconds = reports.stream()
                .mapToDouble(report -> report.work().seconds())
                .max()
                .orElse(0);
        long samples =
                reports.stream().mapToLong(report -> report.work().samples()).sum();
        return String.format(
                Locale.ROOT,
                "%s in one run, %.2f s (%,d samples/s together)%s",
                Plural.of(reports.size(), "variant"),
                seconds,
                Math.round(samples / seconds),
                comparison.best() == null
                        ? "; no best variant: their losses are of different rows, labels, or functions, or none is a number"
                        : "; best by loss: " + comparison.best());
    }
}
