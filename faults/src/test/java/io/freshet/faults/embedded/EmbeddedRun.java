package io.freshet.faults.embedded;

import static org.awaitility.Awaitility.await;

import io.freshet.cli.dev.EmbeddedKafka;
import io.freshet.faults.load.LoadProducer;
import io.freshet.faults.load.SampleStream;
import io.freshet.faults.load.TestTopics;
import io.freshet.faults.oracle.OracleComparison;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.kafka.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/** A broker in this JVM, the topics of a job, and the comparison with the oracle. */
public final class EmbeddedRun implements AutoCloseable {
    private static final int RATE = 4_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final EmbeddedKafka kafka = EmbeddedKafka.startTemporary();
    private final Topics topics = Topics.of("small");
    private final LoadProducer producer;
    private final OracleComparison learned;
    private long sent;

    public EmbeddedRun(long seed) throws Exception {
        this(SampleStream.SPECS, new SampleStream(seed)::next);
    }

    public EmbeddedRun(List<ModelSpec> specs, Supplier<SampleStream.Sent> samples) throws Exception {
        TestTopics.create(kafka.bootstrapServers(), topics, SampleStream.PARTITIONS, specs);
        producer = new LoadProducer(kafka.bootstrapServers(), topics.samples(), samples, RATE);
        learned = new OracleComparison(kafka.bootstrapServers(), topics, SampleStream.PARTITIONS, specs);
    }

    /** Returns the plan of a job on these topics; checkpoints keep every state in its own file. */
    public MiniTrainer.Plan plan(Path directory) {
        MiniTrainer.Kafka broker = new MiniTrainer.Kafka(kafka.bootstrapServers(), topics, Map.of());
        return new MiniTrainer.Plan(broker, directory, 1, Map.of(), "")
                .with("execution.checkpointing.data-inline-threshold", "0 b");
    }

    /** Sends samples and waits until new snapshots are published. */
    public void send(int count) {
        long before = learned.eager().snapshots();
        produce(count);
        awaitUntil("some learned", () -> {
            learned.isComplete();
            return learned.eager().snapshots() > before;
        });
    }

    /** Sends samples without waiting for a job to learn them. */
    public void produce(int count) {
        LoadProducer.finish(producer.send(count));
        sent += count;
    }

    public void awaitUntil(String what, Callable<Boolean> condition) {
        await(what).atMost(PATIENCE).until(condition);
    }

    /** Waits for a checkpoint that starts after this call. */
    public void awaitCheckpoint(MiniTrainer trainer) throws Exception {
        long before = trainer.checkpoints().getNumberOfCompletedCheckpoints();
        // The next one to complete may already be in progress.
        awaitUntil("a checkpoint", () -> trainer.checkpoints().getNumberOfCompletedCheckpoints() > before + 1);
    }

    /** Waits until all samples are learned, and asserts that the results equal the oracle's. */
    public void assertAllLearned() {
        assertAllLearnedFromOlderCheckpoint();
        learned.assertNoneRetracted();
    }

    /** The same for a job resumed from an older checkpoint, which publishes committed snapshots again. */
    public void assertAllLearnedFromOlderCheckpoint() {
        awaitUntil("all samples learned", learned::isComplete);
        learned.assertSameAsOracle(sent);
    }

    public OracleComparison learned() {
        return learned;
    }

    @Override
    public void close() {
        producer.close();
        learned.close();
        kafka.close();
    }
}
