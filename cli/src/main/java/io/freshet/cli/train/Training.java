package io.freshet.cli.train;

import static java.util.concurrent.CompletableFuture.completedFuture;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.embedded.LocalStack;
import io.freshet.cli.feed.EpochPlan;
import io.freshet.cli.feed.FileFeed;
import io.freshet.cli.feed.SampleProducer;
import io.freshet.cli.input.InputException;
import io.freshet.job.options.StateSettings;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.SpecTopic;
import io.freshet.job.topology.KafkaTrainer;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.yaml.Plural;
import io.freshet.schemas.format.RecordFormat;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.topic.Topics;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.JobID;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * One bounded run of the job over a file. Samples take the same path as a live stream, to the end of the topic. All
 * models learn the same samples, in one job.
 *
 * @param feed the file, and the specifications of the models, each name once
 * @param plan number of epochs, and the order of the rows
 * @param parallelism subtasks of each operator
 * @param state where the job keeps its models
 * @param faults to inject
 */
record Training(FileFeed feed, EpochPlan plan, int parallelism, StateSettings state, Faults faults) {
    private static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(10);
    /** Each fault waits for a checkpoint. */
    private static final Duration FAULTS_CHECKPOINT_INTERVAL = Duration.ofMillis(100);

    /** Returns the same run with these faults. */
    Training with(Faults others) {
        return new Training(feed, plan, parallelism, state, others);
    }

    /**
     * The result for one model.
     *
     * @param report of the run
     * @param snapshots the last of each key, in the order of the keys
     */
    record Result(TrainingReport report, SortedMap<String, PublishedSnapshot> snapshots) {}

    /**
     * Runs to the end; returns the result for each model, in the order of the specifications.
     *
     * @param table grows while the model learns; null for none
     * @param err for the progress line
     */
    List<Result> run(@Nullable ProgressTable table, PrintWriter err) throws Exception {
        err.println("starting Kafka and Flink in this process ...");
        try (LocalStack stack = LocalStack.start(parallelism, state)) {
            err.println("sending " + feed.file() + " to Kafka ...");
            Topics fed = faults.count() == 0 ? stack.topics() : FaultInjection.stage(stack);
            FileFeed.Sent sent = send(stack, fed);
            if (sent.rows() == 0) {
                throw new InputException(feed.file() + ": no row can be learned; " + sent.firstReason());
            }
            long records = sent.rows() * plan.sent();
            long[] positions = faults.positions(records);
            err.println("starting the job on " + Plural.of(records, "sample") + " ...");
            JobID job =
                    submit(stack, records, positions.length == 0 ? CHECKPOINT_INTERVAL : FAULTS_CHECKPOINT_INTERVAL);
            EvaluationCollector evaluations = new EvaluationCollector();
            try (TrainingMonitor monitor = TrainingMonitor.open(stack, feed.specs(), evaluations, table, err)) {
                CompletableFuture<Void> injection = positions.length == 0
                        ? completedFuture(null)
                        : FaultInjection.start(stack, fed, job, positions, records, monitor::report);
                monitor.follow(job, learnable(sent), injection);
                monitor.finish();
            }
            if (sent.rejected() > 0) {
                err.println("freshet: " + sent.rejected() + " rows rejected; first: " + sent.firstReason());
            }
            return results(evaluations, sent, FinalSnapshots.read(stack));
        }
    }

    private FileFeed.Sent send(LocalStack stack, Topics topics) throws IOException, CommandException {
        try (SampleProducer producer =
                new SampleProducer(stack.kafkaOptions(), topics.samples(), topics.deadLetters())) {
            return feed.send(producer, plan);
        }
    }

    private JobID submit(LocalStack stack, long records, Duration checkpointInterval) throws Exception {
        KafkaTrainer trainer = new KafkaTrainer(
                KafkaCluster.at(stack.bootstrapServers()),
                stack.topics(),
                OffsetsInitializer.earliest(),
                true,
                new SpecTopic(feed.specs(), 0),
                RecordFormat.avro());
        TopicPartition samples = new TopicPartition(stack.topics().samples(), 0);
        return stack.cluster()
                .submit(
                        trainer.sources(OffsetsInitializer.offsets(Map.of(samples, records)))
                                .withCacheBytes(state.cacheBytes()),
                        trainer.sinks(),
                        checkpointInterval);
    }

    /** Returns the number of samples to learn, of all models together. */
    private long learnable(FileFeed.Sent sent) {
        long samples = 0;
        for (int i = 0; i < feed.specs().size(); i++) {
            samples += sent.learnable(i, plan.epochs());
        }
        return samples;
    }

    private List<Result> results(
            EvaluationCollector evaluations,
            FileFeed.Sent sent,
            Map<String, SortedMap<String, PublishedSnapshot>> finalSnapshots) {
        List<Result> results = new ArrayList<>();
        for (int i = 0; i < feed.specs().size(); i++) {
            ModelSpec spec = feed.specs().get(i);
            SortedMap<String, PublishedSnapshot> snapshots = finalSnapshots.getOrDefault(spec.name(), new TreeMap<>());
            ReportBuilder builder = new ReportBuilder(spec, evaluations, snapshots);
            results.add(
                    new Result(builder.report(sent.rejected(), sent.heldOut().get(i)), snapshots));
        }
        return results;
    }
}
