package io.freshet.schemas.facts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.evaluation.ScoreSketch;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.features.Incarnation;
import io.freshet.learning.loss.Task;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.avro.WireFormat;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Would catch sums changed in encoding, and records that a page cannot add up. */
class EvaluationCodecTest {
    private final EvaluationCodec codec = new EvaluationCodec();

    @ParameterizedTest
    @EnumSource(Task.class)
    void an_evaluation_reads_back_equal(Task task) throws MalformedRecordException {
        Tally tally = Evaluations.tally(task, task.hasClasses() ? 4 : task == Task.BOX ? 4 : 1, 500);
        Evaluation written = Evaluations.of("delays", "a/b#1", tally, 2_000, true);
        KeyedBytes record = codec.write(written);
        assertThat(record.key()).asString(StandardCharsets.UTF_8).isEqualTo("delays/a/b#1");
        Evaluation read = codec.read(record.value());
        assertThat(read)
                .usingRecursiveComparison()
                .withEqualsForType(ScoreSketch::equals, ScoreSketch.class)
                .withEqualsForType(Double::equals, Double.class)
                .isEqualTo(written);
        assertThat(read.total().metrics()).isEqualTo(tally.metrics());
        assertThat(read.total().scores()).isEqualTo(tally.scores());
    }

    @ParameterizedTest
    @EnumSource(Task.class)
    void an_evaluation_without_samples_reads_back_equal(Task task) throws MalformedRecordException {
        Evaluation written = Evaluations.of("m", "", Tally.of(task, task.hasClasses() ? 2 : 1), Long.MAX_VALUE, false);
        Evaluation read = codec.read(codec.write(written).value());
        assertThat(read)
                .usingRecursiveComparison()
                .withEqualsForType(ScoreSketch::equals, ScoreSketch.class)
                .withEqualsForType(Double::equals, Double.class)
                .isEqualTo(written);
        assertThat(read.window().metrics()).isNull();
    }

    @Test
    void unknown_values_read_back_as_unknown() throws MalformedRecordException {
        Evaluation written = Evaluations.of("m", "", Tally.of(Task.BINARY, 1), 1, false, Evaluation.Learning.UNKNOWN);
        Evaluation read = codec.read(codec.write(written).value());
        assertThat(read.learning()).isEqualTo(Evaluation.Learning.UNKNOWN);
        assertThat(read.progress()).isEqualTo(Evaluation.Progress.UNKNOWN);
        assertThat(read.incarnation()).usingRecursiveComparison().isEqualTo(Incarnation.UNKNOWN);
    }

    @Test
    void a_tombstone_has_the_key_of_the_evaluations() {
        KeyedBytes tombstone = codec.delete("delays", "a/b#1");
        assertThat(tombstone.key())
                .isEqualTo(codec.write(Evaluations.of("delays", "a/b#1", Tally.of(Task.BINARY, 1), 1, false))
                        .key());
        assertThat(tombstone.value()).isNull();
    }

    @Test
    void inconsistent_records_are_malformed() throws MalformedRecordException {
        assertMalformed(wire -> wire.setTask("ranking"), "Task");
        assertMalformed(wire -> wire.setTask(""), "Task");
        assertMalformed(wire -> wire.setTask("regression"), "scores: ");
        assertMalformed(wire -> wire.getEvents().get(0).setKind("flood"), "Kind");
        assertMalformed(wire -> wire.setSums(List.of(1.0)), "sums: 1 (expected: 10)");
        assertMalformed(wire -> wire.setFirstOffsets(List.of(1L)), "firstOffsets: 1, not one for each of 2 partitions");
        assertMalformed(wire -> wire.setScores(List.of(1f)), "scores: 1, not one for each of");
        assertMalformed(wire -> wire.setClassSums(List.of(1.0)), "class sums: 1 (expected: 4)");
    }

    @Test
    void random_bytes_are_read_or_malformed() {
        long seed = 20260115;
        SplittableRandom random = new SplittableRandom(seed);
        byte[] valid = codec.write(Evaluations.of("m", "", Evaluations.tally(Task.BINARY, 1, 20), 1, false))
                .value();
        for (int trial = 0; trial < 20_000; trial++) {
            byte[] bytes = valid.clone();
            for (int flips = random.nextInt(1, 5); flips > 0; flips--) {
                bytes[random.nextInt(10, bytes.length)] = (byte) random.nextInt();
            }
            try {
                codec.read(bytes).total().metrics();
            } catch (MalformedRecordException expected) {
                assertThat(expected).hasMessageContaining("expected");
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + ", trial " + trial, e);
            }
        }
    }

    private void assertMalformed(Consumer<io.freshet.wire.Evaluation> change, String message)
            throws MalformedRecordException {
        WireFormat<io.freshet.wire.Evaluation> format =
                new WireFormat<>(io.freshet.wire.Evaluation.getClassSchema(), List.of());
        Tally tally = Evaluations.tally(Task.BINARY, 1, 2);
        io.freshet.wire.Evaluation wire = format.read(
                codec.write(Evaluations.of("m", "", tally, 1, false)).value());
        change.accept(wire);
        assertThatThrownBy(() -> codec.read(format.write(wire)))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageContaining(message);
    }
}
