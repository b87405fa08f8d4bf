package io.freshet.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Would catch invalid arguments that are only reported after connecting to a broker. No test here has a broker. */
class FreshetJobTest {
    private static final Instant NOW = Instant.parse("2030-06-01T00:00:00Z");

    @Test
    void kafka_settings_may_be_separate_options() {
        assertThat(JobMain.expand(new String[] {
                    "--bootstrap-servers",
                    "a:1,b:2",
                    "--kafka.security.protocol=SASL_SSL",
                    "--kafka",
                    "acks=all",
                    "--kafka.sasl.jaas.config=module required username=\"a\" password=\"b=c\";",
                    "--bounded"
                }))
                .containsExactly(
                        "--bootstrap-servers",
                        "a:1,b:2",
                        "--kafka",
                        "security.protocol=SASL_SSL",
                        "--kafka",
                        "acks=all",
                        "--kafka",
                        "sasl.jaas.config=module required username=\"a\" password=\"b=c\";",
                        "--bounded");
    }

    @Test
    void kafka_settings_keep_every_character_of_their_value() {
        CommandLine line = new CommandLine(new FreshetJob(InstantSource.fixed(NOW)));
        line.parseArgs(JobMain.expand(new String[] {
            "--bootstrap-servers", "a:1", "--kafka.sasl.jaas.config=m required password=\"b=c,d\";", "--kafka.empty="
        }));
        assertThat((Object) line.getCommandSpec().findOption("--kafka").getValue())
                .hasToString("{sasl.jaas.config=m required password=\"b=c,d\";, empty=}");
    }

    @Test
    void memory_settings_that_flinks_scripts_append_are_dropped() {
        assertThat(JobMain.expand(new String[] {
                    "--resume",
                    "file:///c",
                    "-D",
                    "jobmanager.memory.heap.size=1b",
                    "-D",
                    "jobmanager.memory.x=2b",
                    "-D"
                }))
                .containsExactly("--resume", "file:///c", "-D");
    }

    @Test
    void help_lists_every_option() {
        StringWriter out = new StringWriter();
        int code = new CommandLine(new FreshetJob(InstantSource.fixed(NOW)))
                .setOut(new PrintWriter(out))
                .execute("--help");
        assertThat(code).isZero();
        assertThat(out.toString())
                .contains(
                        "--bootstrap-servers",
                        "--prefix",
                        "--samples",
                        "--start",
                        "--bounded",
                        "--checkpoint-interval",
                        "--state-backend",
                        "--model-cache",
                        "--format",
                        "--writer-schema",
                        "--schema-registry",
                        "--schema-registry-user",
                        "--schema-registry-token",
                        "--id-field",
                        "--time-field",
                        "--model-field",
                        "--export",
                        "--kafka",
                        "--version");
    }

    @Test
    void main_returns_normally_after_help() throws Exception {
        FreshetJob.main(new String[] {"--help"});
    }

    @Test
    void prints_the_version() {
        StringWriter out = new StringWriter();
        int code = new CommandLine(new FreshetJob(InstantSource.fixed(NOW)))
                .setOut(new PrintWriter(out))
                .execute("--version");
        assertThat(code).isZero();
        assertThat(out.toString()).startsWith("freshet-job ");
    }

    @Test
    void reports_invalid_values_with_the_expected_ones() {
        assertThat(error("--start", "sometimes"))
                .contains("--start: sometimes (expected: earliest, latest, committed, or a time in the past, such as ");
        assertThat(error("--checkpoint-interval", "soon"))
                .contains("--checkpoint-interval: soon (expected: at least 0.01s, such as 10s or 1m)");
        assertThat(error("--checkpoint-interval", "0.001s"))
                .contains("--checkpoint-interval: 0.001s (expected: at least 0.01s, such as 10s or 1m)");
        assertThat(error("--checkpoint-interval", "-5s")).contains("--checkpoint-interval: -5s (expected: ");
        assertThat(error("--state-backend", "disk")).contains("--state-backend: disk (expected: heap or rocksdb)");
        assertThat(error("--kafka", "acks")).contains("--kafka").contains("KEY=VALUE");
        assertThat(error("--smaples", "x")).contains("--smaples");
    }

    @Test
    void reports_incomplete_and_contradictory_format_options() {
        assertThat(error("--format", "xml")).contains("--format: xml (expected: avro, confluent or json)");
        assertThat(error("--format", "confluent")).contains("--schema-registry: missing (expected: a URL)");
        assertThat(error("--format=confluent", "--schema-registry=ftp://me:s3cret@x"))
                .contains("--schema-registry: invalid URL (expected: http://HOST:PORT")
                .doesNotContain("s3cret");
        assertThat(error("--export", "xml")).contains("--export: xml (expected: json or confluent)");
        assertThat(error("--export", "confluent")).contains("--schema-registry: missing (expected: a URL)");
        assertThat(error("--time-field", "$.at"))
                .contains("--time-field, --model-field: given (expected: with --format json or confluent)");
        assertThat(error("--format=json", "--writer-schema=x"))
                .contains("--writer-schema: given (expected: with --format avro)");
    }

    @Test
    void reports_an_invalid_writer_schema_before_the_job_starts(@TempDir Path directory) throws Exception {
        Path missing = directory.resolve("missing.avsc");
        assertThat(error("--writer-schema", missing.toString()))
                .contains("--writer-schema: " + missing + " (expected: a file with an Avro schema)");
        Path broken = Files.writeString(directory.resolve("broken.avsc"), "{\"type\": \"recor\"}");
        assertThat(error("--writer-schema", broken.toString()))
                .contains("--writer-schema: " + broken + " (expected: a file with an Avro schema)");
    }

    @Test
    void main_reports_that_the_job_was_not_started() {
        assertThatThrownBy(() -> FreshetJob.main(new String[] {"--bootstrap-servers", "a:1", "--start", "sometimes"}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("freshet-job: not started, invalid arguments");
    }

    @Test
    void main_throws_the_original_exception() {
        assertThatThrownBy(() -> FreshetJob.main(new String[] {"--bootstrap-servers", "no port"}))
                .isInstanceOf(KafkaException.class);
    }

    private static String error(String option, String value) {
        StringWriter err = new StringWriter();
        int code = new CommandLine(new FreshetJob(InstantSource.fixed(NOW)))
                .setErr(new PrintWriter(err))
                .execute(JobMain.expand(new String[] {"--bootstrap-servers", "localhost:1", option, value}));
        assertThat(code).isEqualTo(CommandLine.ExitCode.USAGE);
        return err.toString();
    }
}
