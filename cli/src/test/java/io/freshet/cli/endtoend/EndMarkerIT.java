package io.freshet.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.cli.embedded.LocalStack;
import io.freshet.cli.feed.EpochPlan;
import io.freshet.cli.feed.FileFeed;
import io.freshet.cli.feed.SampleProducer;
import io.freshet.cli.input.RowFiles;
import io.freshet.cli.kafka.TopicReader;
import io.freshet.job.options.StateSettings;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.SpecTopic;
import io.freshet.job.topology.KafkaTrainer;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.evaluation.Evaluation;
import io.freshet.schemas.evaluation.EvaluationCodec;
import io.freshet.schemas.format.RecordFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Catches a bounded run that learns nothing before its topic is complete, ends before its last sample, or does not end after the
 * marker of each partition.
 */
class EndMarkerIT {
    private static final int PARTITIONS = 2;
    private static final int ROWS = 400;
    private static final Duration BOUND = Duration.ofMinutes(2);
    private static final ModelSpec SPEC = ModelSpec.parse("{name: m, label: y, features: {numeric: [a]},"
            + " loss: mean-squared-error, optimizer: {type: sgd}, evaluation: {window: 100}}");

    @TempDir
    Path directory;

    @Test
    void a_bounded_run_learns_while_samples_arrive_and_ends_after_the_last_marker() throws Exception {
        try (LocalStack stack = LocalStack.start(1, StateSettings.DEFAULT, PARTITIONS);
                TopicReader metrics =
                        TopicReader.open(stack.kafkaOptions(), stack.topics().metrics());
                SampleProducer producer = producer(stack, PARTITIONS)) {
            JobID job = submit(stack);
            send(producer);
            await().atMost(BOUND).until(() -> learned(metrics) == ROWS);
            assertThat(stack.cluster().status(job).get()).isEqualTo(JobStatus.RUNNING);

            send(producer);
            producer.end();
            stack.cluster().await(job);
            long[] last = {0};
            metrics.readToEnd(record -> last[0] = samples(record));
            assertThat(last[0]).isEqualTo(2 * ROWS);
        }
    }

    @Test
    void a_run_that_fails_when_one_partition_has_ended_ends_at_the_other_marker() throws Exception {
        try (LocalStack stack = LocalStack.start(1, StateSettings.DEFAULT, PARTITIONS);
                TopicReader metrics =
                        TopicReader.open(stack.kafkaOptions(), stack.topics().metrics());
                SampleProducer both = producer(stack, PARTITIONS);
                SampleProducer first = producer(stack, 1)) {
            JobID job = submit(stack);
            send(both);
            both.end(1);
            await().atMost(BOUND).until(() -> learned(metrics) == ROWS);
            long completed = completed(stack, job);
            await().atMost(BOUND).until(() -> completed(stack, job) >= completed + 2);
            stack.cluster().restartTaskManager();
            await().atMost(BOUND)
                    .until(() -> stack.cluster().checkpoints(job).getCounts().getNumberOfRestoredCheckpoints() == 1);

            send(first);
            first.end();
            stack.cluster().await(job);
            long[] last = {0};
            metrics.readToEnd(record -> last[0] = samples(record));
            assertThat(last[0]).isEqualTo(2 * ROWS);
        }
    }

    private static long completed(LocalStack stack, JobID job) throws Exception {
        return stack.cluster().checkpoints(job).getCounts().getNumberOfCompletedCheckpoints();
    }

    private static SampleProducer producer(LocalStack stack, int partitions) throws Exception {
        return new SampleProducer(
                stack.kafkaOptions(), stack.topics().samples(), stack.topics().deadLetters(), partitions);
    }

    private static JobID submit(LocalStack stack) throws Exception {
        KafkaTrainer trainer = new KafkaTrainer(
                KafkaCluster.at(stack.bootstrapServers()),
                stack.topics(),
                OffsetsInitializer.earliest(),
                true,
                new SpecTopic(List.of(SPEC), 0),
                RecordFormat.avro());
        return stack.cluster().submit(trainer.sourcesToMarkers(PARTITIONS), trainer.sinks(), Duration.ofMillis(200));
    }

    private void send(SampleProducer producer) throws Exception {
        Path file = Files.writeString(
                directory.resolve("rows.csv"),
                IntStream.range(0, ROWS)
                        .mapToObj(i -> i % 7 + "," + i % 3)
                        .collect(Collectors.joining("\n", "a,y\n", "\n")));
        new FileFeed(RowFiles.of(List.of(file), null, null, "--"), List.of(SPEC))
                .send(producer, EpochPlan.of(List.of(SPEC)));
    }

    /** Returns the samples of the newest evaluation that has arrived since the last call, or 0. */
    private static long learned(TopicReader metrics) {
        long samples = 0;
        for (ConsumerRecord<byte[], byte[]> record : metrics.poll()) {
            samples = samples(record);
        }
        return samples;
    }

    private static long samples(ConsumerRecord<byte[], byte[]> record) {
        try {
            Evaluation evaluation = new EvaluationCodec().read(record.value());
            return evaluation.total().samples();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
