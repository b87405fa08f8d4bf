package io.freshet.cli.train;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.console.Terminal;
import io.freshet.cli.embedded.LocalCluster;
import io.freshet.cli.embedded.LocalStack;
import io.freshet.cli.kafka.TopicReader;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.evaluation.Evaluation;
import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Collects the evaluations of a running job and shows its progress. */
final class TrainingMonitor implements AutoCloseable {
    private final List<ModelSpec> specs;
    private final TopicReader metrics;
    private final EvaluationCollector evaluations;
    private final @Nullable ProgressTable table;
    private final PrintWriter err;
    private final Queue<String> messages = new ConcurrentLinkedQueue<>();

    private TrainingMonitor(
            List<ModelSpec> specs,
            TopicReader metrics,
            EvaluationCollector evaluations,
            @Nullable ProgressTable table,
            PrintWriter err) {
        this.specs = specs;
        this.metrics = metrics;
        this.evaluations = evaluations;
        this.table = table;
        this.err = err;
    }

    /**
     * Opens the metrics topic.
     *
     * @param evaluations to add to
     * @param table to extend; null for none
     * @param err for the progress line and messages
     */
    static TrainingMonitor open(
            LocalStack stack,
            List<ModelSpec> specs,
            EvaluationCollector evaluations,
            @Nullable ProgressTable table,
            PrintWriter err)
            throws CommandException {
        TopicReader metrics =
                TopicReader.open(stack.kafkaOptions(), stack.topics().metrics());
        return new TrainingMonitor(specs, metrics, evaluations, table, err);
    }

    /** Queues a message to print above the progress line. Thread-safe. */
    void report(String message) {
        messages.add(message);
    }

    /**
     * Shows progress until the job has ended.
     *
     * @throws Exception the failure of the job or of {@code sending}
     */
    void follow(Sending sending) throws Exception {
        ProgressLine line = new ProgressLine(err, Terminal.isUsed(), System::nanoTime);
        CompletableFuture<JobResult> result = sending.ended();
        while (!result.isDone()) {
            // If the job has ended, its own failure is the cause to report.
            if (sending.result().isCompletedExceptionally() && !result.isDone()) {
                printMessages(line);
                resultOf(sending.result());
            }
            printMessages(line);
            for (ConsumerRecord<byte[], byte[]> record : metrics.poll()) {
                Evaluation evaluation = collect(record);
                if (evaluation != null) {
                    updateTable(evaluation.model());
                }
            }
            if (line.isDue()) {
                updateLine(line, sending.samples());
            }
        }
        line.clear();
        printMessages(line);
        LocalCluster.requireSuccess(resultOf(result));
    }

    /** Returns the result of a completed future, or throws the exception that it failed with. */
    static <T> T resultOf(CompletableFuture<T> completed) throws Exception {
        try {
            return completed.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    private void printMessages(ProgressLine line) {
        for (String next = messages.poll(); next != null; next = messages.poll()) {
            line.clear();
            err.println(next);
            err.flush();
        }
    }

    private @Nullable Evaluation collect(ConsumerRecord<byte[], byte[]> record) {
        Evaluation evaluation = evaluations.collect(record);
        if (table != null && evaluation != null) {
            table.events(evaluation);
        }
        return evaluation;
    }

    private void updateTable(String model) {
        for (ModelSpec spec : specs) {
            if (table == null || spec.key() != null || !spec.name().equals(model)) {
                continue;
            }
            Tally total = evaluations.total(model);
            if (total != null) {
                table.update(model, total);
            }
        }
    }

    /** With several models, shows the loss of the best. */
    private void updateLine(ProgressLine line, long samples) {
        List<Tally> totals = specs.stream()
                .map(spec -> evaluations.total(spec.name()))
                .filter(Objects::nonNull)
                .toList();
        line.update(
                totals.stream().mapToLong(Tally::samples).sum(),
                samples,
                totals.stream()
                        .filter(total -> total.weight() > 0)
                        .mapToDouble(Tally::loss)
                        .min()
                        .orElse(Double.NaN));
    }

    /** Reads the remaining evaluations of the job, which has ended, and completes the table. */
    void finish() {
        metrics.readToEnd(this::collect);
        for (ModelSpec spec : specs) {
            Tally total = evaluations.total(spec.name());
            if (table != null && total != null) {
                table.finish(spec.name(), total);
            }
        }
    }

    @Override
    public void close() {
        metrics.close();
    }
}
