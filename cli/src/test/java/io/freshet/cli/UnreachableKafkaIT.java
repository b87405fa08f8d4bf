package io.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Would catch a command that waits for brokers before it reports what is wrong, or that names them with secrets. */
class UnreachableKafkaIT {
    /** An address that nothing listens on. */
    private static final String UNREACHABLE = "--bootstrap-servers=127.0.0.1:1";

    @TempDir
    Path directory;

    @Test
    void apply_reports_fields_for_bounded_runs_before_connecting_to_kafka() throws Exception {
        String yaml = "{name: m, label: y, features: {numeric: [x]}, loss: mean-squared-error, ";
        Path full = Files.writeString(directory.resolve("full.yaml"), yaml + "batch: {size: full}}");
        Run rejected = Run.of("apply", "-f", full.toString(), UNREACHABLE);
        assertThat(rejected.code()).isEqualTo(2);
        assertThat(rejected.err().strip())
                .isEqualTo("freshet: model m: batch.size: full (expected: a number; a full batch requires a bounded"
                        + " run: train, or apply --bounded for a job with --bounded)");
        assertThat(Run.of("apply", "--bounded", "-f", full.toString(), UNREACHABLE)
                        .err())
                .doesNotContain("batch.size", "no effect");
        Path idle = Files.writeString(
                directory.resolve("idle.yaml"),
                yaml + "epochs: 5, shuffle: true, holdout: 0.1, earlyStopping: {patience: 2}}");
        assertThat(Run.of("apply", "-f", idle.toString(), UNREACHABLE).err())
                .startsWith("freshet: model m: no effect on a live stream, only on bounded runs such as train: epochs,"
                        + " shuffle, earlyStopping" + System.lineSeparator());
        assertThat(Run.of("apply", "--bounded", "-f", idle.toString(), UNREACHABLE)
                        .err())
                .startsWith("freshet: model m: no effect on a job with --bounded, which reads its topic once: epochs,"
                        + " shuffle" + System.lineSeparator());
    }

    @Test
    void names_unreachable_brokers_in_one_line_without_secrets() {
        Run run = Run.of(
                "get",
                UNREACHABLE,
                "--kafka.security.protocol=SASL_PLAINTEXT",
                "--kafka.sasl.mechanism=PLAIN",
                "--kafka.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required"
                        + " username=\"u\" password=\"hunter2\";");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
                .startsWith("freshet: Kafka at 127.0.0.1:1: no answer within 8 s (with ")
                .contains("sasl.jaas.config=****")
                .contains("sasl.mechanism=PLAIN")
                .doesNotContain("hunter2");
        assertThat(run.err().lines()).hasSize(1);
    }

    @Test
    void names_the_command_that_starts_a_broker_if_one_on_this_machine_does_not_answer() {
        Run run = Run.of("get", UNREACHABLE);

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err().strip())
                .isEqualTo(
                        "freshet: Kafka at 127.0.0.1:1: no answer within 8 s (expected: a running broker; freshet dev"
                                + " starts one)");
    }

    @Test
    void a_snapshot_that_is_no_file_is_looked_up_as_a_model() throws Exception {
        Path input = Files.writeString(directory.resolve("new.csv"), "x\n1\n");

        Run run = Run.of("predict", "--snapshot=m.snap", "--input=" + input, UNREACHABLE);

        assertThat(run.err())
                .startsWith("freshet: --snapshot: m.snap: no such file, and no such model: Kafka at 127.0.0.1:1: ");
    }
}
