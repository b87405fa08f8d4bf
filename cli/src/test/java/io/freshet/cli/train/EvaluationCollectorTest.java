package io.freshet.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.evaluation.PredictedSamples;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.lineage.Incarnation;
import io.freshet.learning.loss.Task;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.evaluation.Evaluation;
import io.freshet.schemas.evaluation.EvaluationCodec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;

/** Catches a report that omits what a key predicted before it expired, or that counts a repeated window twice. */
class EvaluationCollectorTest {
    private final EvaluationCodec codec = new EvaluationCodec();
    private final EvaluationCollector evaluations = new EvaluationCollector();

    @Test
    void counts_every_incarnation_of_a_key_and_no_repeated_window() {
        assertThat(collect("a", 3, 0, 10)).isNotNull();
        assertThat(collect("a", 3, 1, 20)).isNotNull();
        assertThat(collect("b", 5, 0, 10)).isNotNull();
        for (int time = 0; time < 2; time++) {
            assertThat(collect("a", 3, 1, 20)).as("repeated").isNull();
            assertThat(evaluations.collect(record(codec.delete("m", "a")))).isNull();
            assertThat(collect("a", 90, 0, 10) == null).as("repeated").isEqualTo(time > 0);
        }

        assertThat(evaluations.total("m").samples()).isEqualTo(40);
        assertThat(evaluations.newest("m")).extracting(Evaluation::key).containsExactly("a", "a", "b");
        assertThat(evaluations.windows("m"))
                .extracting(Evaluation::key, evaluation -> evaluation.window().index())
                .containsExactly(tuple("a", 0), tuple("a", 1), tuple("a", 0), tuple("b", 0));
        assertThat(evaluations.total("other")).isNull();
    }

    private static Tuple tuple(String key, long index) {
        return Tuple.tuple(key, index);
    }

    private Evaluation collect(String key, long firstOffset, long window, int samples) {
        Tally total = Tally.of(Task.REGRESSION, 1);
        for (int i = 0; i < samples; i++) {
            total.add(1, 1, new PredictedSamples(1, new float[] {0}, new float[] {0.5f}, new float[] {0.5f}), 0, 0, 1);
        }
        Metrics metrics = total.metrics();
        Incarnation incarnation = new Incarnation(new int[] {0}, new long[] {firstOffset});
        return evaluations.collect(record(codec.write(new Evaluation(
                new Evaluation.Subject("m", key, incarnation, ""),
                new Evaluation.Counts(samples, samples, 0),
                new Evaluation.Window(window, false, 1, samples, metrics),
                total,
                Evaluation.Learning.UNKNOWN,
                Evaluation.Progress.UNKNOWN))));
    }

    private static ConsumerRecord<byte[], byte[]> record(KeyedBytes record) {
        return new ConsumerRecord<>("metrics", 0, 0, record.key(), record.value());
    }
}
