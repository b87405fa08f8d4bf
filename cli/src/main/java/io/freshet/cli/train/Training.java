package io.freshet.cli.train;

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
import io.freshet.job.topology.TrainerSources;
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
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.JobID;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.kafka.clients.consumer.ConsumerRecord;
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
 * @param faults of the job on the way
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
            FileFeed.Sent sent = feed(workplace);
            if (sent.rows() == 0) {
                throw new InputException(input + ": no row can be learned; " + sent.firstReason());
            }
            KafkaTrainer trainer = new KafkaTrainer(
                    KafkaCluster.at(workplace.bootstrapServers()),
                    workplace.topics(),
                    OffsetsInitializer.earliest(),
                    true,
                    new SpecTopic(specs, 0),
                    RecordFormat.avro());
            long[] places = faults.places(sent.rows() * passes.sent());
            TrainerSources sources = trainer.sources().withCacheBytes(state.cacheBytes());
            JobID job = workplace
                    .cluster()
                    .submit(
                            places.length == 0
                                    ? sources
                                    : sources.withSamples(
                                            FaultySource.of(sources.samples().source(), places)),
                            trainer.sinks(),
                            places.length == 0 ? CHECKPOINT_INTERVAL : FAULTS_CHECKPOINT_INTERVAL);
            FaultLog faultLog = new FaultLog(places, err);
            EvaluationCollector evaluations = new EvaluationCollector();
            try (TopicReader metrics =
                    TopicReader.open(kafka, workplace.topics().metrics())) {
                follow(workplace.cluster(), job, faultLog, metrics, evaluations, sent, table, err);
                metrics.readToEnd(record -> take(record, evaluations, table));
            }
            faultLog.requireAll();
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

    private FileFeed.Sent feed(LocalStack workplace) throws IOException, CommandException {
        Topics topics = workplace.topics();
        try (SampleProducer producer =
                new SampleProducer(workplace.kafkaOptions(), topics.samples(), topics.deadLetters())) {
            return new FileFeed(input, format, specs).send(producer, passes);
        }
    }

    /** Shows progress until the job has ended. */
    private void follow(
            LocalCluster cluster,
            JobID job,
            FaultLog faultLog,
            TopicReader metrics,
            EvaluationCollector evaluations,
            FileFeed.Sent sent,
            @Nullable ProgressTable table,
            PrintWriter err)
            throws Exception {
        long samples = 0;
        for (int i = 0; i < specs.size(); i++) {
            samples += sent.learnable(i, passes.epochs());
        }
        ProgressLine line = new ProgressLine(err, System.console() != null);
        CompletableFuture<JobResult> result = cluster.result(job);
        while (!result.isDone()) {
            if (faults.count() > 0) {
                line.clear();
                faultLog.update(cluster.checkpoints(job));
            }
            for (ConsumerRecord<byte[], byte[]> record : metrics.poll()) {
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
        if (faults.count() > 0) {
            faultLog.update(cluster.checkpoints(job));
        }
        JobResult ended = result.get();
        if (!ended.isSuccess()) {
            Throwable cause = ended.getSerializedThrowable()
                    .map(serialized -> serialized.deserializeError(Training.class.getClassLoader()))
                    .orElseGet(() -> new IllegalStateException("canceled"));
            throw new CommandException("the job failed: " + cause.getMessage(), cause);
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
