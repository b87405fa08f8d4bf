package io.freshet.schemas.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.loss.Task;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.avro.WireFormat;
import io.freshet.schemas.facts.EvaluationCodec;
import io.freshet.schemas.facts.Evaluations;
import io.freshet.schemas.facts.HeartbeatCodec;
import io.freshet.schemas.kafka.ParameterKey;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Would catch a count written into the field of another, and a report taken for an evaluation. */
class JoinReportCodecTest {
    private final JoinReportCodec codec = new JoinReportCodec();

    @Test
    void a_report_reads_back_equal() throws MalformedRecordException {
        JoinReport written = JoinReports.of("ctr");
        JoinReport read = codec.read(codec.write(written).value());
        assertThat(read).isEqualTo(written);
        assertThat(read.count(JoinCount.OPEN)).isEqualTo(1_000 + JoinCount.OPEN.ordinal());
        assertThat(read.all()).isEqualTo(written.scores().get(0));
    }

    @Test
    void an_empty_report_reads_back_equal() throws MalformedRecordException {
        JoinReport.Window window = new JoinReport.Window(0, false, 0, null);
        JoinReport written = new JoinReport("m", "", window, JoinCounts.NONE, JoinDelays.NONE, List.of());
        JoinReport read = codec.read(codec.write(written).value());
        assertThat(read).isEqualTo(written);
        assertThat(read.count(JoinCount.LATE)).isZero();
        assertThat(read.all()).isNull();
    }

    @Test
    void each_count_has_the_field_of_its_name() throws MalformedRecordException {
        io.freshet.wire.JoinReport wire = wire();
        assertThat(wire.getRequests()).isEqualTo(1_000);
        assertThat(wire.getDoubled()).isEqualTo(1_000 + JoinCount.DOUBLED.ordinal());
        assertThat(wire.getUnscored()).isEqualTo(1_000 + JoinCount.UNSCORED.ordinal());
        assertThat(wire.getRejected()).isEqualTo(1_000 + JoinCount.REJECTED.ordinal());
    }

    @Test
    void a_report_has_the_key_of_no_evaluation_and_no_heartbeat() {
        byte[] key = codec.write(JoinReports.of("ctr")).key();
        assertThat(key).asString(StandardCharsets.UTF_8).isEqualTo("#join/ctr");
        assertThat(JoinReportCodec.isReport(key)).isTrue();
        assertThat(JoinReportCodec.model(key)).isEqualTo("ctr");
        assertThat(codec.delete("ctr").key()).isEqualTo(key);
        assertThat(codec.delete("ctr").value()).isNull();
        assertThat(HeartbeatCodec.isHeartbeat(key)).isFalse();
        assertThatThrownBy(() -> ParameterKey.parse(key)).isInstanceOf(MalformedRecordException.class);

        byte[] evaluation = new EvaluationCodec()
                .write(Evaluations.of("join", "ctr", Tally.of(Task.BINARY, 1), 1, false))
                .key();
        assertThat(JoinReportCodec.isReport(evaluation)).isFalse();
        assertThat(JoinReportCodec.isReport(null)).isFalse();
        assertThat(JoinReportCodec.isReport("#join/".getBytes(StandardCharsets.UTF_8)))
                .as("of no model")
                .isFalse();
    }

    @Test
    void an_earlier_reader_rejects_a_report() {
        byte[] report = codec.write(JoinReports.of("ctr")).value();
        assertThatThrownBy(() -> new EvaluationCodec().read(report)).isInstanceOf(MalformedRecordException.class);
    }

    @Test
    void inconsistent_records_are_malformed() throws MalformedRecordException {
        assertMalformed(wire -> wire.setLate(-1L), "late: -1, not at least 0");
        assertMalformed(
                wire -> wire.setDelays(List.of(1L, 2L)), "delays: 2, not one for each of 2 delayBounds and beyond");
        assertMalformed(wire -> wire.setDelays(List.of(1L, -2L, 0L)), "delays: -2, not at least 0");
        assertMalformed(wire -> wire.setDelayBounds(List.of(5L, 5L)), "delayBounds: 5, not above the one before");
        assertMalformed(wire -> wire.setModel(""), "model: , not a name");
    }

    @Test
    void random_bytes_are_read_or_malformed() {
        long seed = 20261201;
        SplittableRandom random = new SplittableRandom(seed);
        byte[] valid = codec.write(JoinReports.of("m")).value();
        for (int trial = 0; trial < 20_000; trial++) {
            byte[] bytes = valid.clone();
            for (int flips = random.nextInt(1, 5); flips > 0; flips--) {
                bytes[random.nextInt(10, bytes.length)] = (byte) random.nextInt();
            }
            try {
                codec.read(bytes).delays().quantile(0.5);
            } catch (MalformedRecordException expected) {
                assertThat(expected).hasMessageContaining("expected");
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + ", trial " + trial, e);
            }
        }
    }

    private void assertMalformed(Consumer<io.freshet.wire.JoinReport> change, String message)
            throws MalformedRecordException {
        io.freshet.wire.JoinReport wire = wire();
        change.accept(wire);
        assertThatThrownBy(() -> codec.read(format().write(wire)))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageContaining(message);
    }

    private io.freshet.wire.JoinReport wire() throws MalformedRecordException {
        return format().read(codec.write(JoinReports.of("ctr")).value());
    }

    private static WireFormat<io.freshet.wire.JoinReport> format() {
        return new WireFormat<>(io.freshet.wire.JoinReport.getClassSchema(), List.of());
    }
}
