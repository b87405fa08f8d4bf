package io.freshet.cli.endtoend;

import io.freshet.job.TestStream;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.kafka.Topics;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Catches state that is checkpointed but not restored, samples learned twice or not at all after a restart, and parameters
 * that depend on parallelism. The final parameters must equal those of a plain loop over the samples, bit for bit.
 */
class TrainerFaultIT {
    private static final List<ModelSpec> SPECS = List.of(ModelSpec.parse("""
                    {name: whole, label: y, weight: w, features: {numeric: [a, b], categorical: [c], cross: [[c, d]], hashBits: 10},
                     loss: binary-cross-entropy, optimizer: normalized-adagrad, publish: {everySamples: 5000, minimumMillis: 0}}
                    """), ModelSpec.parse("""
                    {name: keyed, label: t, key: c, features: {numeric: [a, b], categorical: [d], hashBits: 6},
                     loss: mean-squared-error, optimizer: scale-free, batch: {size: 7}, publish: {everySamples: 5000, minimumMillis: 0}}
                    """));
    private static final List<byte[]> SAMPLES = TestStream.values(40_000);

    @AutoClose
    private static TestBroker broker;

    @TempDir
    Path directory;

    @BeforeAll
    static void startBroker() {
        broker = TestBroker.start();
    }

    @ParameterizedTest
    @CsvSource({"calm1, 1, 0", "calm2, 2, 0", "killed, 2, 3"})
    void a_run_equals_the_oracle_at_any_parallelism_and_with_faults(String prefix, int parallelism, int faults)
            throws Exception {
        Topics topics = Topics.of(prefix);
        broker.create(topics, SAMPLES);
        try (FaultyRun run = FaultyRun.start(broker.trainer(topics, SPECS), directory, parallelism, faults)) {
            run.awaitEnd();
        }
        SampleOracle.assertLearned(broker.last(topics.parameters()), SPECS, SAMPLES);
    }
}
