package io.freshet.cli.train;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.embedded.LocalCluster;
import io.freshet.cli.embedded.LocalStack;
import io.freshet.cli.feed.SampleProducer;
import io.freshet.cli.kafka.TopicAdmin;
import io.freshet.cli.kafka.TopicPlan;
import io.freshet.cli.kafka.TopicReader;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.yaml.Plural;
import io.freshet.schemas.topic.Topics;
import java.util.Collections;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobID;
import org.apache.flink.runtime.checkpoint.CheckpointStatsSnapshot;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Restarts the task manager while the job learns.
 *
 * <p>The samples are in a staging topic, and are copied to the samples topic in stretches. After each stretch but the
 * last, the task manager is replaced. Halfway through the stretch, copying waits for a checkpoint to complete. So every
 * restart resumes from a new checkpoint, and some samples are learned again.
 */
final class FaultInjection implements AutoCloseable {
    private static final long POLL_MILLIS = 20;
    /** The first checkpoint to complete may have been triggered earlier; the second one was not. */
    private static final int CHECKPOINTS = 2;

    private final LocalStack stack;
    private final JobID job;
    private final BooleanSupplier over;
    private final long[] positions;
    private final TopicReader staged;
    private final SampleProducer samples;
    private Iterator<ConsumerRecord<byte[], byte[]>> polled = Collections.emptyIterator();
    private long copied;

    /**
     * @param staging its samples topic holds the samples
     * @param positions counts of samples after which the task manager is restarted, ascending
     * @param partitions of the samples topic
     * @param over whether the job has ended, or the run has failed
     */
    FaultInjection(LocalStack stack, Topics staging, JobID job, long[] positions, int partitions, BooleanSupplier over)
            throws CommandException {
        this.stack = stack;
        this.job = job;
        this.over = over;
        this.positions = positions;
        staged = TopicReader.open(stack.kafkaOptions(), staging.samples());
        samples = new SampleProducer(
                stack.kafkaOptions(), stack.topics().samples(), stack.topics().deadLetters(), partitions);
    }

    /** Creates a staging topic for the samples; returns topic names of which only the samples topic exists. */
    static Topics stage(LocalStack stack) throws CommandException {
        Topics staging = Topics.of("staging");
        try (TopicAdmin admin = new TopicAdmin(stack.kafkaOptions())) {
            admin.create(new TopicPlan(staging.samples(), 1, false, false, Map.of()), 1);
        }
        return staging;
    }

    /**
     * Copies all samples, with a restart at each position. Stops if the job ends, or the run has failed.
     *
     * @param records in the staging topic
     * @param report receives a line for each restart
     */
    void run(long records, Consumer<String> report) throws Exception {
        LocalCluster cluster = stack.cluster();
        for (int i = 0; i < positions.length; i++) {
            copyUntil(copied + (positions[i] - copied) / 2);
            long completed = completed(cluster);
            await(() -> completed(cluster) >= completed + CHECKPOINTS);
            copyUntil(positions[i]);
            cluster.restartTaskManager();
            int restored = i + 1;
            await(() -> cluster.checkpoints(job).getCounts().getNumberOfRestoredCheckpoints() >= restored);
            report.accept(String.format(
                    Locale.ROOT,
                    "fault %d of %d: failed before record %,d, restored from checkpoint %d",
                    restored,
                    positions.length,
                    positions[i],
                    restoredFrom(cluster.checkpoints(job))));
        }
        copyUntil(records);
        samples.end();
    }

    private static long restoredFrom(CheckpointStatsSnapshot checkpoints) {
        var latest = checkpoints.getLatestRestoredCheckpoint();
        return latest == null ? 0 : latest.getCheckpointId();
    }

    private long completed(LocalCluster cluster) throws Exception {
        return cluster.checkpoints(job).getCounts().getNumberOfCompletedCheckpoints();
    }

    private void copyUntil(long end) throws CommandException, InvalidSampleException {
        while (copied < end) {
            while (!polled.hasNext()) {
                requireRunning();
                polled = staged.poll().iterator();
            }
            samples.send(null, polled.next().value());
            copied++;
        }
        samples.flush();
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private void await(Condition condition) throws Exception {
        while (!condition.holds()) {
            requireRunning();
            Thread.sleep(POLL_MILLIS);
        }
    }

    private void requireRunning() throws CommandException {
        if (over.getAsBoolean()) {
            throw new CommandException("--faults: the job ended after " + Plural.of(copied, "sample"));
        }
    }

    @Override
    public void close() {
        staged.close();
        samples.close();
    }
}
