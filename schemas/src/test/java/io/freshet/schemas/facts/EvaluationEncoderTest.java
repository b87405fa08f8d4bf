package io.freshet.schemas.facts;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.evaluation.Event;
import io.freshet.learning.evaluation.PredictedSamples;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.features.Incarnation;
import io.freshet.learning.loss.Task;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.avro.WireFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Would catch a record that differs from the output of Avro's own encoder. */
class EvaluationEncoderTest {
    private final WireFormat<io.freshet.wire.Evaluation> avro =
            new WireFormat<>(io.freshet.wire.Evaluation.getClassSchema(), List.of());
    private final EvaluationCodec codec = new EvaluationCodec();

    @ParameterizedTest
    @EnumSource(Task.class)
    void writes_the_bytes_of_avro(Task task) {
        int outputs = task.hasClasses() || task == Task.BOX ? 4 : 1;
        for (int samples : new int[] {0, 1, 500}) {
            Tally tally = Evaluations.tally(task, outputs, samples);
            assertBytesOfAvro(Evaluations.of("delays", "a/b#1", tally, 2_000, samples > 1));
            assertBytesOfAvro(Evaluations.of("m", "", tally, Long.MAX_VALUE, true, Evaluation.Learning.UNKNOWN));
        }
    }

    @Test
    void writes_the_bytes_of_avro_for_many_scores_of_any_size() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Tally tally = Tally.of(Task.BINARY, 1);
        for (int i = 0; i < 100_000; i++) {
            float logit = (float) (random.nextGaussian() * Math.exp(random.nextGaussian() * 4));
            float[] label = {random.nextInt(5) == 0 ? 1 : 0};
            tally.add(
                    random.nextDouble(),
                    1,
                    new PredictedSamples(1, label, new float[] {logit}, new float[] {0.5f}),
                    0,
                    0,
                    1);
        }
        assertThat(tally.scores().points().size()).as("seed %d", seed).isGreaterThan(100);
        Evaluation evaluation = Evaluations.of("delays", "\u00e9\ud83d\ude00", tally, 1, false);
        assertThat(codec.write(evaluation).value())
                .as("seed %d", seed)
                .isEqualTo(avro.write(AvroEvaluations.record(evaluation)));
    }

    @Test
    void writes_the_bytes_of_avro_for_a_failure() {
        assertBytesOfAvro(Evaluations.failed("delays", Evaluations.SPEC_HASH, 3));
    }

    @Test
    void keeps_the_first_partitions_of_an_incarnation_and_of_all_events_together() throws MalformedRecordException {
        int most = EvaluationCodec.MOST_PARTITIONS;
        List<Event.Offsets> offsets = IntStream.range(0, most - 1)
                .mapToObj(i -> new Event.Offsets(i, i, i + 1L))
                .toList();
        Event event = new Event(Event.Kind.DIVERGENCE, "divergence", 1, 0.2, 4, "revert", offsets);
        Incarnation incarnation = new Incarnation(
                IntStream.range(0, most + 9).toArray(),
                IntStream.range(0, most + 9).asLongStream().toArray());
        Evaluation.Learning learning =
                new Evaluation.Learning(null, null, 0, false, List.of(event, event, event), null);

        Evaluation read = codec.read(codec.write(Evaluations.of(
                        new Evaluation.Subject("m", "", incarnation, ""), Tally.of(Task.NUMBER, 1), 1, true, learning))
                .value());

        assertThat(read.incarnation().partitions()).hasSize(most).endsWith(most - 1);
        assertThat(read.incarnation().firstOffsets()).hasSize(most).endsWith(most - 1);
        assertThat(read.learning().events())
                .extracting(one -> one.samplesIn().size())
                .containsExactly(most - 1, 1, 0);
    }

    private void assertBytesOfAvro(Evaluation evaluation) {
        assertThat(codec.write(evaluation).value()).isEqualTo(avro.write(AvroEvaluations.record(evaluation)));
    }
}
