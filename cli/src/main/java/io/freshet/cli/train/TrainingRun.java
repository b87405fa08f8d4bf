package io.freshet.cli.train;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.console.Terminal;
import io.freshet.cli.feed.FileFeed;
import io.freshet.cli.feed.FileRows;
import io.freshet.cli.feed.RejectReason;
import io.freshet.cli.feed.RejectsFile;
import io.freshet.cli.feed.SampleSink;
import io.freshet.cli.input.InputException;
import io.freshet.job.record.KeyedSample;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.features.Row;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.facts.Evaluation;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Passes the samples of a run to the trainer, collects what its threads report, and shows its progress. */
@SuppressWarnings("NullAway.Init") // learn is called before anything else.
final class TrainingRun implements SampleSink, LearnerListener {
    private final FileFeed feed;
    private final Training training;
    private final @Nullable ProgressTable table;
    private final PrintWriter err;
    private final @Nullable RejectsFile rejects;
    private final ProgressLine line;
    private final Evaluations evaluations = new Evaluations();
    private final RejectedRows rejections;
    private final Map<String, SortedMap<String, PublishedSnapshot>> snapshots = new TreeMap<>();
    private LocalTrainer trainer;
    private FileRows rows;
    private FileFeed.Summary summary;
    /** Number of samples to learn, of all models together; 0 until the files were read. */
    private long learnable;

    /**
     * @param table to extend; null for none
     * @param err for the progress line and notices
     * @param rejects receives the invalid rows; null for none
     */
    TrainingRun(Training training, @Nullable ProgressTable table, PrintWriter err, @Nullable RejectsFile rejects) {
        this.training = training;
        this.table = table;
        this.err = err;
        this.rejects = rejects;
        feed = training.feed();
        line = new ProgressLine(err, Terminal.isUsed(), System::nanoTime);
        rejections =
                new RejectedRows(feed.specs().stream().map(ModelSpec::label).toList());
    }

    /** Learns the files to their end. */
    void learn() throws Exception {
        try (LocalTrainer opened =
                new LocalTrainer(feed.specs(), training.threads(), System::currentTimeMillis, this)) {
            trainer = opened;
            feed.read(this, training.plan());
            trainer.finish();
        } catch (OutOfMemoryError e) {
            throw LocalTrainer.outOfMemory(feed.specs(), e);
        } finally {
            line.clear();
        }
        for (ModelSpec spec : feed.specs()) {
            Tally total = evaluations.total(spec.name());
            if (table != null && total != null) {
                table.finish(spec.name(), total);
            }
        }
    }

    @Override
    public void start(FileRows numbers, Row fields) {
        rows = numbers;
    }

    @Override
    public void accept(int model, KeyedSample sample) throws CommandException {
        trainer.learn(model, sample);
    }

    @Override
    public synchronized void reject(long row, String text, String message) throws CommandException {
        rejections.addInvalid(row, message);
        if (rejects != null) {
            try {
                rejects.write(row, text, message);
            } catch (IOException e) {
                throw new CommandException("--rejects: not written: " + e.getMessage(), e);
            }
        }
    }

    @Override
    public synchronized void rejectKey(long row, int model, String message) {
        rejections.addWithoutKey(feed.specs().get(model).name(), row, message);
    }

    @Override
    public synchronized void read(FileFeed.Summary read) throws InputException {
        summary = read;
        if (rows.valid() == 0) {
            throw noRow(rejections.invalid());
        }
        line.clear();
        read.notices().forEach(notice -> err.println("freshet: " + notice));
        err.flush();
        for (int model = 0; model < feed.specs().size(); model++) {
            learnable += read.learnable(model, training.plan().epochs());
        }
    }

    private InputException noRow(List<RejectReason> reasons) {
        return new InputException(feed.files() + ": no row can be learned; "
                + reasons.stream().map(Object::toString).collect(Collectors.joining("; ")));
    }

    @Override
    public synchronized void rejected(String model, int partition, long offset, String reason) {
        rejections.addReceived(model, rows.row(offset * feed.partitions() + partition), reason);
    }

    @Override
    public synchronized void published(PublishedSnapshot last) {
        snapshots
                .computeIfAbsent(last.snapshot().spec().name(), model -> new TreeMap<>())
                .put(last.snapshot().key(), last);
    }

    @Override
    public synchronized void evaluated(Evaluation evaluation) {
        evaluations.add(evaluation);
        if (table != null) {
            table.events(evaluation);
            boolean isWhole = feed.specs().stream()
                    .anyMatch(spec -> spec.key() == null && spec.name().equals(evaluation.model()));
            if (isWhole) {
                table.update(evaluation.model(), evaluation.total());
            }
        }
        showLine();
    }

    /** With several models, shows the loss of the best. */
    private void showLine() {
        if (!line.isDue()) {
            return;
        }
        List<Tally> totals = feed.specs().stream()
                .map(spec -> evaluations.total(spec.name()))
                .filter(Objects::nonNull)
                .toList();
        line.update(
                totals.stream().mapToLong(Tally::samples).sum(),
                learnable,
                totals.stream()
                        .filter(total -> total.weight() > 0)
                        .mapToDouble(Tally::loss)
                        .min()
                        .orElse(Double.NaN));
    }

    RejectedRows rejections() {
        return rejections;
    }

    Training.Run results() throws InputException {
        List<Training.Result> results = new ArrayList<>();
        for (int i = 0; i < feed.specs().size(); i++) {
            ModelSpec spec = feed.specs().get(i);
            if (evaluations.total(spec.name()) == null) {
                throw noRow(rejections.by(spec.name()));
            }
            SortedMap<String, PublishedSnapshot> last = snapshots.getOrDefault(spec.name(), new TreeMap<>());
            TrainingReport report = new ReportBuilder(spec, evaluations, last)
                    .report(
                            rejections,
                            summary.heldOut().get(i),
                            summary.skipped().get(i));
            results.add(new Training.Result(report, last));
        }
        return new Training.Run(results, rejections, summary.rows().total());
    }
}
