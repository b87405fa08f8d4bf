package io.freshet.cli.train;

import io.freshet.cli.feed.EpochPlan;
import io.freshet.cli.feed.FirstRows;
import io.freshet.cli.feed.RejectOptions;
import io.freshet.cli.input.CommandFiles;
import io.freshet.cli.input.OutputFile;
import io.freshet.cli.input.RowFiles;
import io.freshet.cli.input.SpecFiles;
import io.freshet.cli.predict.FilePrediction;
import io.freshet.cli.predict.ModelSnapshots;
import io.freshet.cli.predict.PredictionFile;
import io.freshet.learning.spec.DefaultOptimizer;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.yaml.Plural;
import io.freshet.schemas.snapshot.Draft;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a model on a file, in this process. */
@Command(
        name = "train",
        description = "Train a model on a file.",
        footer = {
            "Rows are learned in file order, or, with shuffle: true, in a new random order for each epoch. Each "
                    + "row is predicted before it is learned. A model with a key learns the rows of each key in that order.",
            "",
            "Examples:",
            "  # Learn a file, and save the parameters for predict, apply, and diff",
            "  freshet train --spec delays.yaml --input flights.csv --save delays.snapshot",
            "  # Learn one file, and score the model on another",
            "  freshet train --spec delays.yaml --input may.csv --test june.csv"
        })
public final class TrainCommand implements Callable<Integer> {
    @Mixin
    private TrainingOptions options = new TrainingOptions();

    @Option(
            names = "--test",
            arity = "1..*",
            paramLabel = "<file>",
            description = "Rows to predict with the trained model; several files as for --input.")
    private List<Path> test = new ArrayList<>();

    @Option(
            names = "--predictions",
            paramLabel = "<file>",
            description = "Write the predictions of the trained model, as predict --snapshot does, to a .csv, .tsv, or"
                    + " .jsonl file, optionally with .gz: those of the --test rows, or else of the --input rows.")
    private @Nullable Path predictions;

    @Option(names = "--save", paramLabel = "<file>", description = "Save the parameters to an Avro file.")
    private @Nullable Path save;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    @Override
    public Integer call() throws Exception {
        options.check();
        PrintWriter out = command.commandLine().getOut();
        PrintWriter err = command.commandLine().getErr();
        RowFiles files = options.input();
        ModelSpec spec = SpecFiles.parse(options.specFile(), options.specification(files, err));
        CommandFiles all = new CommandFiles();
        Training training = options.training(files, List.of(spec), all);
        RowFiles testFiles = test.isEmpty() ? null : options.files(test);
        if (testFiles != null) {
            FirstRows.check(testFiles, List.of(spec));
            all.reads("--test", testFiles.files());
        }
        OutputFile saveFile = all.writesIfGiven("--save", save);
        PredictionFile predictionFile =
                predictions == null ? null : PredictionFile.of("--predictions", predictions, all);

        if (options.text()) {
            out.println(spec.parameterTable().replace("\n", System.lineSeparator()));
            out.println("optimizer " + DefaultOptimizer.explain(spec));
            out.flush();
        }
        Training.Run run = training.run(options.text() ? new ProgressTable(out, List.of(spec)) : null, err);
        Training.Result result = run.results().get(0);
        TrainingReport report = result.report();
        boolean worthless = TrainingOptions.printProblems(err, "", report);
        TrainingOptions.printDivergence(err, "", spec, report);
        if (saveFile != null) {
            save(saveFile, result.snapshots().values());
        }
        ModelSnapshots model = ModelSnapshots.of(spec, result.snapshots().values());
        if (testFiles != null) {
            FilePrediction prediction = new FilePrediction(testFiles, model, List.of());
            report = report.withTest(prediction.run(predictionFile, out, null).test());
        } else if (predictionFile != null) {
            new FilePrediction(files, model, List.of()).run(predictionFile, out, null);
        }
        String json = options.report(report);
        if (options.text()) {
            printSummary(out, report, training.plan());
        } else {
            out.println(json);
        }
        boolean tooMany = printRejections(err, spec, run);
        return worthless || tooMany ? 1 : 0;
    }

    private static void save(OutputFile file, Collection<PublishedSnapshot> snapshots) throws IOException {
        try (Draft draft = file.open()) {
            SnapshotFile.write(draft.out(), snapshots);
            draft.complete();
        }
    }

    /** Prints the reasons for rejected rows; returns whether there are too many. */
    private boolean printRejections(PrintWriter err, ModelSpec spec, Training.Run run) {
        RejectedRows rejections = run.rejections();
        TrainingReport.Outcome outcome = run.results().get(0).report().outcome();
        long rows = run.rows() - outcome.skipped();
        long rejected = rejections.invalidRows() + rejections.rowsRejectedBy(spec.name());
        RejectOptions.print(err, "", rejected, rows, outcome.rejections());
        TrainingOptions.printSuggestion(err, List.of(spec), rejections);
        return options.rejects().limit().isOverMaximum(err, rejected, rows);
    }

    private static void printSummary(PrintWriter out, TrainingReport report, EpochPlan plan) {
        Integer epochs = report.outcome().epochs();
        if (epochs != null && epochs < plan.epochs()) {
            out.printf(Locale.ROOT, "epochs stopped after %,d of %,d%n", epochs, plan.epochs());
        }
        if (report.bestEpoch() != null) {
            out.println(report.bestEpoch().line());
        }
        TrainingReport.Work work = report.work();
        out.printf(
                Locale.ROOT,
                "learned %s in %.2f s (%,d/s), %,d rejected, %s%s, %s%n",
                Plural.of(work.samples(), "sample"),
                work.seconds(),
                work.samplesPerSecond(),
                work.rejected(),
                report.outcome().skipped() == 0
                        ? ""
                        : String.format(
                                Locale.ROOT, "%,d skipped, ", report.outcome().skipped()),
                Plural.of(work.updates(), "update"),
                Plural.of(report.parameters().parameterCount(), "parameter"));
        if (report.test() != null) {
            out.print(report.test().text("; --report lists them"));
        }
        out.println("parametersSha256 " + report.parameters().parametersSha256());
    }
}
