package io.freshet.job.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.TestLines;
import io.freshet.job.TestStream;
import io.freshet.job.record.OutputRecord;
import io.freshet.learning.evaluation.Metric;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.facts.Evaluation;
import io.freshet.schemas.facts.EvaluationCodec;
import io.freshet.schemas.kafka.DeadLetterHeaders;
import io.freshet.schemas.kafka.RecordLimit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a model whose records a broker refuses, which fails the job and with it all other models. */
class RecordLimitHarnessTest {
    private static final ModelSpec WHOLE = TestStream.whole(1);
    private static final int PARTITIONS = 28_000;

    @ParameterizedTest
    @ValueSource(ints = {40_000, 100_000})
    void a_model_of_many_classes_learns_and_is_evaluated(int outputs) throws Exception {
        ModelSpec classes = ModelSpec.parse("""
                {name: classes, label: y, features: {numeric: [a, b]}, outputs: %d,
                 loss: sparse-categorical-cross-entropy, evaluation: {window: 5}, publish: {everySamples: 5}}
                """.formatted(outputs));
        try (LearnHarness harness = LearnHarness.start(classes, WHOLE)) {
            harness.learn(classes, 0, 10);
            harness.end();

            List<OutputRecord> evaluations = harness.take(OutputRecord.EVALUATIONS);
            assertThat(evaluations).hasSize(3);
            Evaluation last = new EvaluationCodec()
                    .read(Objects.requireNonNull(evaluations.get(1).value()));
            assertThat(last.total().samples()).isEqualTo(10);
            assertThat(Objects.requireNonNull(last.window().metrics()).get(Metric.F1))
                    .isNotNull();
            List<OutputRecord> all = new ArrayList<>(evaluations);
            all.addAll(harness.takeParameters());
            all.addAll(harness.take(OutputRecord.HISTORY));
            assertThat(all).allSatisfy(record -> assertThat(fits(record)).isTrue());
            assertThat(harness.take(OutputRecord.DEAD_LETTERS)).isEmpty();
        }
    }

    /** No specification alone makes a record too large, but a topic may have more partitions than a lineage has room for. */
    @Test
    void a_model_whose_snapshot_is_too_large_fails_alone() throws Exception {
        String names = IntStream.range(0, 31)
                .mapToObj(i -> "n" + i + "m".repeat(16_000))
                .collect(Collectors.joining(", "));
        ModelSpec large = ModelSpec.parse("""
                {name: large, label: y, features: {numeric: [a], categorical: [%s], hashBits: 4, missing: indicator},
                 loss: poisson, evaluation: {window: %d}, publish: {everySamples: %d}}
                """.formatted(names, PARTITIONS, PARTITIONS));
        try (LearnHarness harness = LearnHarness.start(large, WHOLE)) {
            for (int partition = 0; partition <= PARTITIONS; partition++) {
                harness.learn(TestStream.sample(large, partition, 1L << 59));
            }
            harness.learn(WHOLE, 0, 20);

            assertThat(harness.take(OutputRecord.DEAD_LETTERS))
                    .singleElement()
                    .satisfies(letter -> assertThat(TestLines.headers(letter).get(DeadLetterHeaders.MESSAGE))
                            .matches(".*record large/: 10\\d{5} bytes \\(expected: up to 1047552\\).*"));
            assertThat(TestLines.snapshots(harness.takeParameters()))
                    .hasSize(2)
                    .allSatisfy(line -> assertThat(line).startsWith("whole/"));
            assertThat(harness.take(OutputRecord.EVALUATIONS))
                    .hasSizeGreaterThan(2)
                    .allSatisfy(record -> assertThat(fits(record)).isTrue());
        }
    }

    private static boolean fits(OutputRecord record) {
        return RecordLimit.fits(new KeyedBytes(Objects.requireNonNull(record.key()), record.value()));
    }
}
