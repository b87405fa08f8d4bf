package io.freshet.cli.train;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.embedded.LocalCluster;
import io.freshet.cli.embedded.LocalStack;
import io.freshet.cli.feed.EpochPlan;
import io.freshet.cli.feed.FileFeed;
import io.freshet.cli.feed.SentRows;
import io.freshet.cli.files.OutputFile;
import io.freshet.cli.input.InputException;
import io.freshet.cli.input.RowReader;
import io.freshet.cli.kafka.TopicReader;
import io.freshet.cli.rejects.RejectReason;
import io.freshet.cli.rejects.RejectsFile;
import io.freshet.job.options.StateSettings;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.SpecTopic;
import io.freshet.job.topology.KafkaTrainer;
import io.freshet.job.topology.TrainerTopology;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.format.RecordFormat;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.flink.api.common.JobID;
import org.apache.flink.connector.kafka.source.KafkaSourceOptions;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.jspecify.annotations.Nullable;

/**
 * One bounded run of the job over a file. Samples take the same path as a live stream: the job learns while the file is sent,
 * and ends after its last sample. All models learn the same samples, in one job.
 *
 * @param feed the files, and the specifications of the models, each name once
 * @param plan number of epochs, and the order of the rows
 * @param parallelism subtasks of each operator
 * @param state where the job keeps its models
 * @param faults to inject
 * @param rejects file for the rejected rows; null for none
 */
public record Training(
        FileFeed feed,
        EpochPlan plan,
        int parallelism,
        StateSettings state,
        Faults faults,
        @Nullable OutputFile rejects) {
    private static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(10);
    /** Each fault waits for a checkpoint. */
    private static final Duration FAULTS_CHECKPOINT_INTERVAL = Duration.ofMillis(100);

    /** A short run would wait for its last fetch. No other run continues from the committed offsets. */
    private static final Map<String, String> CLIENTS = Map.of(
            ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
            "50",
            KafkaSourceOptions.COMMIT_OFFSETS_ON_CHECKPOINT.key(),
            "false");

    /** Returns the same run with these faults. */
    Training with(Faults others) {
        return new Training(feed, plan, parallelism, state, others, rejects);
    }

    /**
     * The result for one model.
     *
     * @param report of the run
     * @param snapshots the last of each key, in the order of the keys
     */
    public record Result(TrainingReport report, SortedMap<String, PublishedSnapshot> snapshots) {}

    /**
     * The results of a run.
     *
     * @param results one for each model, in the order of the specifications
     * @param rows number of rows in the file
     */
    public record Run(List<Result> results, RejectedRows rejections, long rows) {}

    /**
     * Runs to the end.
     *
     * @param table grows while the model learns; null for none
     * @param err for the progress line and notices
     */
    public Run run(@Nullable ProgressTable table, PrintWriter err) throws Exception {
        try (RejectsFile rejectsFile = rejects == null ? null : createRejectsFile(rejects)) {
            Run run = run(table, err, rejectsFile);
            if (rejectsFile != null) {
                rejectsFile.complete();
            }
            return run;
        }
    }

    private RejectsFile createRejectsFile(OutputFile file) throws IOException {
        try (RowReader reader = feed.files().open(RowLayout.of(feed.specs()))) {
            return RejectsFile.create(file, feed.files().format(), reader);
        }
    }

    private Run run(@Nullable ProgressTable table, PrintWriter err, @Nullable RejectsFile rejectsFile)
            throws Exception {
        RejectedRows rejections = new RejectedRows(
                partitions(), feed.specs().stream().map(ModelSpec::label).toList());
        err.println("starting Kafka and Flink in this process ...");
        try (LocalStack stack = LocalStack.start(parallelism, state, partitions())) {
            err.println("sending " + feed.files() + " to Kafka, and learning it meanwhile ...");
            JobID job = submit(stack);
            EvaluationCollector evaluations = new EvaluationCollector();
            FileFeed.Sent sent;
            try (TrainingMonitor monitor = TrainingMonitor.open(stack, feed.specs(), evaluations, table, err);
                    Sending sending = new Sending(this, stack, job, rejections, rejectsFile, monitor::report).start()) {
                monitor.follow(sending);
                monitor.finish();
                sent = TrainingMonitor.resultOf(sending.result());
            }
            requireNoFailure(evaluations.failures());
            readDeadLetters(stack, sent.rows(), rejections);
            if (rejectsFile != null && rejections.anyByJob()) {
                new JobRejects(feed, rejections).write(rejectsFile);
            }
            List<Result> results = results(evaluations, sent, rejections, FinalSnapshots.read(stack));
            return new Run(results, rejections, sent.rows().total());
        }
    }

    /** Returns the number of partitions that the samples are dealt to: one for each replica. */
    int partitions() {
        return feed.specs().stream()
                .map(ModelSpec::replicas)
                .mapToInt(replicas -> replicas == null ? 1 : replicas.count())
                .max()
                .orElse(1);
    }

    private static void requireNoFailure(Map<String, String> failures) throws CommandException {
        if (!failures.isEmpty()) {
            throw new CommandException(failures.entrySet().stream()
                    .map(failure -> "model " + failure.getKey() + ": failed: " + failure.getValue())
                    .collect(Collectors.joining("; ")));
        }
    }

    InputException noRow(List<RejectReason> reasons) {
        return new InputException(feed.files() + ": no row can be learned; "
                + reasons.stream().map(Object::toString).collect(Collectors.joining("; ")));
    }

    private static void readDeadLetters(LocalStack stack, SentRows rows, RejectedRows rejections)
            throws CommandException {
        try (TopicReader reader =
                TopicReader.open(stack.kafkaOptions(), stack.topics().deadLetters())) {
            reader.readToEnd(deadLetter -> rejections.add(deadLetter, rows));
        }
    }

    private JobID submit(LocalStack stack) throws Exception {
        KafkaTrainer trainer = new KafkaTrainer(
                new KafkaCluster(stack.bootstrapServers(), CLIENTS),
                stack.topics(),
                OffsetsInitializer.earliest(),
                true,
                new SpecTopic(feed.specs(), 0),
                RecordFormat.avro());
        return stack.cluster()
                .submit(
                        env -> {
                            // Each fault may need one or two more.
                            LocalCluster.limitRestarts(env, LocalCluster.RESTARTS * (1 + faults.count()));
                            TrainerTopology.build(
                                    env,
                                    trainer.sourcesToMarkers(partitions()).withResources(state.learners()),
                                    trainer.sinks());
                        },
                        faults.count() == 0 ? CHECKPOINT_INTERVAL : FAULTS_CHECKPOINT_INTERVAL);
    }

    /** Returns the number of samples to learn, of all models together. */
    long learnable(FileFeed.Sent sent) {
        long samples = 0;
        for (int i = 0; i < feed.specs().size(); i++) {
            samples += sent.learnable(i, plan.epochs());
        }
        return samples;
    }

    private List<Result> results(
            EvaluationCollector evaluations,
            FileFeed.Sent sent,
            RejectedRows rejections,
            Map<String, SortedMap<String, PublishedSnapshot>> finalSnapshots)
            throws InputException {
        List<Result> results = new ArrayList<>();
        for (int i = 0; i < feed.specs().size(); i++) {
            ModelSpec spec = feed.specs().get(i);
            SortedMap<String, PublishedSnapshot> snapshots = finalSnapshots.getOrDefault(spec.name(), new TreeMap<>());
            if (evaluations.total(spec.name()) == null) {
                throw noRow(rejections.byJob(spec.name()));
            }
            ReportBuilder builder = new ReportBuilder(spec, evaluations, snapshots);
            results.add(new Result(
                    builder.report(
                            rejections, sent.heldOut().get(i), sent.skipped().get(i)),
                    snapshots));
        }
        return results;
    }
}
