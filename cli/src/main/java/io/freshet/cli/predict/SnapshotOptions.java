package io.freshet.cli.predict;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.feed.MissingSuggestion;
import io.freshet.cli.feed.RejectOptions;
import io.freshet.cli.feed.RejectReason;
import io.freshet.cli.input.CommandFiles;
import io.freshet.cli.input.OutputFile;
import io.freshet.cli.input.RowFiles;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.SnapshotSource;
import io.freshet.learning.yaml.Plural;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options for predictions with snapshots in memory. */
final class SnapshotOptions {
    static final String SNAPSHOT = "--snapshot";
    static final String KEEP = "--keep";

    @Option(
            names = SNAPSHOT,
            paramLabel = "<file>|<model>",
            description = "Predict without a server, with a file written by train --save, or with the published"
                    + " parameters of a model: the newest, or those of <model>@<version>.")
    private @Nullable String snapshot;

    @Option(
            names = KEEP,
            split = ",",
            paramLabel = "<field>",
            description = "Field of the rows to repeat in the output; may be repeated.")
    private List<String> kept = new ArrayList<>();

    @Mixin
    private RejectOptions rejects = new RejectOptions();

    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    boolean isGiven() {
        return snapshot != null;
    }

    /**
     * Predicts all rows; returns whether enough were predicted.
     *
     * @param output as for {@link PredictionFile#ofOutput}
     * @param err for the summary
     */
    boolean predict(RowFiles files, @Nullable String output, PrintWriter out, PrintWriter err)
            throws CommandException, IOException {
        CommandFiles all = new CommandFiles()
                .reads("--input", files.files())
                .reads(SNAPSHOT, Path.of(String.valueOf(snapshot)))
                .reads("--kafka-properties", kafka.propertiesFile());
        PredictionFile predictions = PredictionFile.ofOutput(output, all);
        OutputFile rejectsFile = rejects.file(all);
        ModelSnapshots model = model();
        long start = System.nanoTime();
        FilePrediction.Result result = new FilePrediction(files, model, kept).run(predictions, out, rejectsFile);
        double seconds = (System.nanoTime() - start) / 1e9;

        result.notices().forEach(notice -> err.println("freshet: " + notice));
        err.printf(
                Locale.ROOT,
                "predicted %s in %.2f s (%,d/s)%s%n",
                Plural.of(result.rows(), "row"),
                seconds,
                Math.round(result.rows() / seconds),
                result.skipped() == 0 ? "" : String.format(Locale.ROOT, ", %,d skipped", result.skipped()));
        if (result.rows() == 0 && result.skipped() > 0) {
            err.println("freshet: no row is selected by when of model "
                    + model.spec().name());
        }
        if (result.anyLabel()) {
            err.print(result.test().text(""));
        }
        long rejected = result.rejected().rows();
        List<RejectReason> reasons = result.rejected().all();
        RejectOptions.print(err, "", rejected, result.rows(), reasons);
        MissingSuggestion.of(reasons.stream().map(RejectReason::reason).toList(), List.of(model.spec()))
                .ifPresent(suggestion -> err.println("  " + suggestion));
        return !rejects.limit().isOverMaximum(err, rejected, result.rows());
    }

    private ModelSnapshots model() throws CommandException, IOException {
        String from = String.valueOf(snapshot);
        if (!Files.isRegularFile(Path.of(from)) && Path.of(from).getParent() == null) {
            requireKafka(from);
        }
        return ModelSnapshots.of(SNAPSHOT + ": " + from, SnapshotSource.read(SNAPSHOT, from, null, kafka));
    }

    /** A misspelled file is looked up as a model, so an unreachable broker may not be the cause. */
    private void requireKafka(String from) throws CommandException {
        try {
            kafka.connect().close();
        } catch (CommandException e) {
            throw new CommandException(
                    SNAPSHOT + ": " + from + ": no such file, and no such model: " + e.getMessage(), e);
        }
    }
}
