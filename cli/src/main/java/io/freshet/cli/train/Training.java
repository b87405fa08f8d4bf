package io.freshet.cli.train;

import static java.util.concurrent.CompletableFuture.completedFuture;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.embedded.LocalCluster;
import io.freshet.cli.embedded.LocalStack;
import io.freshet.cli.feed.EpochPlan;
import io.freshet.cli.feed.FileFeed;
import io.freshet.cli.feed.SampleProducer;
import io.freshet.cli.input.Format;
import io.freshet.cli.input.InputException;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.LaneReader;
import io.freshet.cli.kafka.TopicReader;
import io.freshet.job.options.StateSettings;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.SpecTopic;
import io.freshet.job.topology.KafkaTrainer;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.evaluation.Evaluation;
import io.freshet.schemas.format.RecordFormat;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotReader;
import io.freshet.schemas.topic.Topics;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.flink.api.common.JobID;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * One bounded run of the job over a file: the same path as a live stream, to the end of the topic. All models learn the
 * same samples, in one job.
 *
 * @param specs of the models, each name once
 * @param input rows to learn
 * @param format of them
 * @param parallelism subtasks of each operator
 * @param passes how often to learn the file, and in which order
 * @param state where models are kept meanwhile
 * @param faults to inject
 */
record Training(
        List<ModelSpec> specs,
        Path input,
        Format format,
        int parallelism,
        EpochPlan passes,
        StateSettings state,
        Faults faults) {
    private static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(10);
    /** Each fault waits for a checkpoint. */
    private static final Duration FAULTS_CHECKPOINT_INTERVAL = Duration.ofMillis(100);

    /** Returns the same run with these faults. */
    Training with(Faults others) {
        return new Training(specs, input, format, parallelism, passes, state, others);
    }

    /**
     * What came of it for one model.
     *
     * @param report of the run
     * @param snapshots the last of each key, in the order of the keys
     */
    record Result(TrainingReport report, SortedMap<String, PublishedSnapshot> snapshots) {}

    /**
     * Runs to the end; returns what came of it for each model, in their order.
     *
     * @param table grows while the model learns; null for none
     * @param err for the progress line
     */
    List<Result> run(@Nullable ProgressTable table, PrintWriter err) throws Exception {
        try (LocalStack workplace = LocalStack.start(parallelism, state)) {
            KafkaOptions kafka = workplace.kafkaOptions();
            Topics fed = faults.count() == 0 ? workplace.topics() : FaultInjection.stage(workplace);
            FileFeed.Sent sent = feed(workplace, fed);
            if (sent.rows() == 0) {
                throw new InputException(input + ": no row can be learned; " + sent.firstReason());
            }
            long records = sent.rows() * passes.sent();
            long[] places = faults.places(records);
            KafkaTrainer trainer = new KafkaTrainer(
                    KafkaCluster.at(workplace.bootstrapServers()),
                    workplace.topics(),
                    OffsetsInitializer.earliest(),
                    true,
                    new SpecTopic(specs, 0),
                    RecordFormat.avro());
            TopicPartition samples = new TopicPartition(workplace.topics().samples(), 0);
            JobID job = workplace
                    .cluster()
                    .submit(
                            trainer.sources(OffsetsInitializer.offsets(Map.of(samples, records)))
                                    .withCacheBytes(state.cacheBytes()),
                            trainer.sinks(),
                            places.length == 0 ? CHECKPOINT_INTERVAL : FAULTS_CHECKPOINT_INTERVAL);
            EvaluationCollector evaluations = new EvaluationCollector();
            try (TopicReader metrics =
                    TopicReader.open(kafka, workplace.topics().metrics())) {
                Progress progress = new Progress(workplace.cluster(), job, metrics, evaluations, sent, table, err);
                if (places.length == 0) {
                    follow(progress, completedFuture(null), new ConcurrentLinkedQueue<>());
                } else {
                    Queue<String> lines = new ConcurrentLinkedQueue<>();
                    follow(progress, inject(workplace, fed, job, places, records, lines), lines);
                }
                metrics.readToEnd(record -> take(record, evaluations, table));
            }
            if (sent.rejected() > 0) {
                err.println("freshet: " + sent.rejected() + " rows rejected; first: " + sent.firstReason());
            }
            Map<String, SortedMap<String, PublishedSnapshot>> snapshots = snapshots(workplace);
            List<Result> results = new ArrayList<>();
            for (int i = 0; i < specs.size(); i++) {
                ModelSpec spec = specs.get(i);
                Tally total = evaluations.total(spec.name());
                if (table != null && total != null) {
                    table.update(spec.name(), total, true);
                }
                SortedMap<String, PublishedSnapshot> keys = snapshots.getOrDefault(spec.name(), new TreeMap<>());
                results.add(new Result(TrainingReport.of(spec, evaluations, sent, i, keys), keys));
            }
            return results;
        }
    }

    /** Restarts the task manager in the background; adds a line for each restart to {@code lines}. */
    private static CompletableFuture<Void> inject(
            LocalStack workplace, Topics staging, JobID job, long[] places, long records, Queue<String> lines) {
        return CompletableFuture.runAsync(() -> {
            try (FaultInjection injection = new FaultInjection(workplace, staging, job, places)) {
                injection.run(records, lines::add);
            } catch (Exception e) {
                throw new CompletionException(e);
            }
        });
    }

    private FileFeed.Sent feed(LocalStack workplace, Topics topics) throws IOException, CommandException {
        try (SampleProducer producer =
                new SampleProducer(workplace.kafkaOptions(), topics.samples(), topics.deadLetters())) {
            return new FileFeed(input, format, specs).send(producer, passes);
        }
    }

    /** What the progress of a run is read from, and where it is shown. */
    private record Progress(
            LocalCluster cluster,
            JobID job,
            TopicReader metrics,
            EvaluationCollector evaluations,
            FileFeed.Sent sent,
            @Nullable ProgressTable table,
            PrintWriter err) {}

    /**
     * Shows progress until the job has ended.
     *
     * @param injection of faults; a failure of it ends the run
     * @param lines that it prints
     */
    private void follow(Progress progress, CompletableFuture<Void> injection, Queue<String> lines) throws Exception {
        LocalCluster cluster = progress.cluster();
        EvaluationCollector evaluations = progress.evaluations();
        ProgressTable table = progress.table();
        PrintWriter err = progress.err();
        long samples = 0;
        for (int i = 0; i < specs.size(); i++) {
            samples += progress.sent().learnable(i, passes.epochs());
        }
        ProgressLine line = new ProgressLine(err, System.console() != null);
        CompletableFuture<JobResult> result = cluster.result(progress.job());
        while (!result.isDone()) {
            if (injection.isCompletedExceptionally()) {
                injection.get();
            }
            print(lines, line, err);
            for (ConsumerRecord<byte[], byte[]> record : progress.metrics().poll()) {
                take(record, evaluations, table);
                for (ModelSpec spec : specs) {
                    Tally total = spec.key() == null ? evaluations.total(spec.name()) : null;
                    if (table != null && total != null) {
                        table.update(spec.name(), total, false);
                    }
                }
            }
            List<Tally> totals = specs.stream()
                    .map(spec -> evaluations.total(spec.name()))
                    .filter(Objects::nonNull)
                    .toList();
            // Of several models, the loss of the best.
            line.update(
                    totals.stream().mapToLong(Tally::samples).sum(),
                    samples,
                    totals.stream()
                            .filter(total -> total.weight() > 0)
                            .mapToDouble(Tally::loss)
                            .min()
                            .orElse(Double.NaN));
        }
        line.clear();
        print(lines, line, err);
        JobResult ended = result.get();
        if (!ended.isSuccess()) {
            Throwable cause = ended.getSerializedThrowable()
                    .map(serialized -> serialized.deserializeError(Training.class.getClassLoader()))
                    .orElseGet(() -> new IllegalStateException("canceled"));
            throw new CommandException("the job failed: " + cause.getMessage(), cause);
        }
    }

    private static void print(Queue<String> lines, ProgressLine progress, PrintWriter err) {
        for (String next = lines.poll(); next != null; next = lines.poll()) {
            progress.clear();
            err.println(next);
            err.flush();
        }
    }

    private static void take(
            ConsumerRecord<byte[], byte[]> record, EvaluationCollector evaluations, @Nullable ProgressTable table) {
        Evaluation evaluation = evaluations.take(record);
        if (table != null && evaluation != null) {
            table.events(evaluation);
        }
    }

    private static Map<String, SortedMap<String, PublishedSnapshot>> snapshots(LocalStack workplace)
            throws CommandException {
        Map<String, SortedMap<String, PublishedSnapshot>> snapshots = new TreeMap<>();
        LaneReader reader = new LaneReader();
        try (TopicReader parameters =
                TopicReader.open(workplace.kafkaOptions(), LaneReader.topics(workplace.topics()))) {
            parameters.readToEnd(record -> {
                try {
                    SnapshotReader.Change change = reader.read(record);
                    if (change != null && change.snapshot() != null) {
                        snapshots
                                .computeIfAbsent(change.key().model(), model -> new TreeMap<>())
                                .put(change.key().key(), change.snapshot());
                    }
                } catch (MalformedRecordException e) {
                    throw new IllegalStateException(
                            "the job wrote a snapshot that cannot be read: " + e.getMessage(), e);
                }
            });
        }
        return snapshots;
    }
}
