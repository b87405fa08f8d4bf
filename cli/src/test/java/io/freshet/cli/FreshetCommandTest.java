package io.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.schemas.kafka.FreshetVersion;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

@Timeout(60)
class FreshetCommandTest {
    /** An address that nothing listens on. */
    private static final String UNREACHABLE = "--bootstrap-servers=127.0.0.1:1";

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "train",
                "compare",
                "topics",
                "topics create",
                "topics list",
                "apply",
                "get",
                "describe",
                "delete",
                "dev",
                "feed",
                "redrive",
                "history",
                "replay",
                "diff",
                "predict",
                "tail",
                "job",
                "server"
            })
    void every_command_prints_its_help(String command) {
        String[] words = (command + " --help").strip().split(" ");

        Run run = Run.of(words);

        assertThat(run.code()).isZero();
        assertThat(run.out())
                .contains(("Usage: freshet " + command).strip())
                .contains("--help")
                .contains("--verbose");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void no_help_prints_a_default_twice_or_an_empty_one() {
        assertThat(helpOf(FreshetCommand.commandLine()))
                .noneMatch(line -> line.strip().startsWith("Default:"));
    }

    private static List<String> helpOf(CommandLine command) {
        List<String> lines = new ArrayList<>(command.getUsageMessage().lines().toList());
        command.getSubcommands().values().forEach(subcommand -> lines.addAll(helpOf(subcommand)));
        return lines;
    }

    @ParameterizedTest
    @ValueSource(strings = {"--version", "train --version", "server --version"})
    void prints_the_version_that_snapshots_record(String command) {
        Run run = Run.of(command.split(" "));

        assertThat(run.code()).isZero();
        assertThat(run.out().strip()).isEqualTo("freshet " + FreshetVersion.VERSION);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "--nonsense",
                "topics",
                "apply",
                "feed",
                "predict",
                "predict m",
                "tail",
                "tail everything",
                "predict m a=1 --input f.csv",
                "get a b",
                "tail models --limit 0",
                "get --output yaml",
                "topics create --partitions 0",
                "topics create --replication-factor 0",
                "compare --spec s.yaml --input f.csv",
                "compare --spec s.yaml --input f.csv --vary seed=1 --epochs 0",
                "feed --input f.csv --rate 0",
                "feed --input f.csv --rate nan",
                "feed --input f.csv --epochs 0",
                "feed --input f.csv --limit 0",
                "dev --rate 0",
                "dev --kafka-port -1",
                "dev --partitions 65",
                "dev --spec -",
                "dev --duration soon",
                "get --kafka.broken",
                "job --bootstrap-servers b:1 --start sometimes",
                "job --bootstrap-servers b:1 --format xml",
                "server",
                "server --bootstrap-servers b:1 --port 70000",
                "server --bootstrap-servers b:1 --max-rows 0",
                "server --bootstrap-servers b:1 --tls-key k.pem",
                "server --bootstrap-servers b:1 --host 192.0.2.1",
                "server --config no-such.yaml"
            })
    void wrong_usage_prints_one_line_and_a_hint_and_exits_with_2(String command) {
        Run run = Run.of(command.isEmpty() ? new String[0] : command.split(" "));

        assertThat(run.code()).as(run.err()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("freshet: ").contains(" --help'.").doesNotContain("\tat ");
        assertThat(run.err().lines()).hasSize(2);
    }

    @Test
    void tail_names_the_topics_that_it_can_follow() {
        assertThat(Run.of("tail", "everything").err())
                .contains(
                        "everything (expected: snapshots, metrics, dead-letters, samples, models, answers, outcomes, unjoined)");
    }

    @Test
    void reports_invalid_kafka_settings_without_secrets() {
        Run run = Run.of(
                "get",
                UNREACHABLE,
                "--kafka.security.protocol=SASL_PLAINTEXT",
                "--kafka.sasl.jaas.config=nonsense-hunter2");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).startsWith("freshet: Kafka at 127.0.0.1:1: ").doesNotContain("hunter2");
        assertThat(run.err().lines()).hasSize(1);
    }

    @Test
    void prints_a_stack_trace_only_if_verbose() {
        assertThat(Run.of("get", "--bootstrap-servers=no-port").err())
                .startsWith("freshet: Kafka at no-port: ")
                .doesNotContain("\tat ");
        assertThat(Run.of("get", "--bootstrap-servers=no-port", "--verbose").err())
                .startsWith("freshet: Kafka at no-port: ")
                .contains("\tat ");
        assertThat(Run.of("--verbose", "get", "--bootstrap-servers=no-port").err())
                .contains("\tat ");
    }

    @Test
    void describes_a_file_system_error_that_has_no_reason_by_its_type() {
        StringWriter err = new StringWriter();
        CommandLine command = new CommandLine(new FreshetCommand()).setErr(new PrintWriter(err, true));

        for (Exception e : List.of(
                new AccessDeniedException("r.json"),
                new FileSystemException("m.bin", null, "No space left on device"))) {
            new ErrorReporter().handleExecutionException(e, command, command.parseArgs());
        }

        assertThat(err.toString().lines())
                .containsExactly("freshet: r.json: access denied", "freshet: m.bin: No space left on device");
    }

    @Test
    void reports_invalid_specifications_and_files_before_connecting_to_kafka() throws Exception {
        Path spec = Files.writeString(directory.resolve("s.yaml"), "name: delays\nlabel: late\nloss: none\n");
        Path good = Files.writeString(directory.resolve("g.yaml"), """
            name: delays
            label: late
            features: {numeric: [distance_mile]}
            loss: binary-cross-entropy
            """);
        Path rows = Files.writeString(directory.resolve("r.csv"), "distance_miles,late\n1,0\n");

        assertReports("freshet: " + spec + ": ", "apply", "-f", spec.toString(), UNREACHABLE);
        assertReports("freshet: missing.yaml: no such file", "apply", "-f", "missing.yaml", UNREACHABLE);
        assertReports(
                "freshet: " + good + ": name: delays (expected: each model once)",
                "apply",
                "-f",
                good.toString(),
                "-f",
                good.toString(),
                UNREACHABLE);
        assertReports(
                "freshet: " + rows + ": no column distance_mile (expected: distance_miles?; columns: ",
                "feed",
                "--input",
                rows.toString(),
                "--spec",
                good.toString(),
                UNREACHABLE);
        assertReports(
                "freshet: r.txt: unknown format (expected: --format csv, libsvm, jsonl, parquet)",
                "feed",
                "--input",
                "r.txt",
                "--spec",
                good.toString(),
                UNREACHABLE);
        assertReports(
                "freshet: /dev/null: a pipe or a device (expected: a regular file, as it is read more than once; --input - reads standard input, and copies it)",
                "feed",
                "--input",
                "/dev/null",
                "--format",
                "csv",
                "--epochs",
                "2",
                UNREACHABLE);
        assertReports(
                "freshet: --format: tsv ",
                "feed",
                "--input",
                "r.csv",
                "--format",
                "tsv",
                "--spec",
                good.toString(),
                UNREACHABLE);
    }

    @Test
    void describes_a_file_without_kafka() throws Exception {
        Path spec = Files.writeString(
                directory.resolve("m.yaml"), "{name: m, label: y, features: {numeric: [x]}, loss: huber}");

        Run run = Run.of("describe", spec.toString(), UNREACHABLE);

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).startsWith("# hash: ").contains("\n# parameters: 2\n", "\nname: m\n", "\noptimizer:");
        assertReports("freshet: no.yaml: no such file", "describe", "no.yaml", UNREACHABLE);
    }

    private static void assertReports(String start, String... arguments) {
        Run run = Run.of(arguments);
        assertThat(run.code()).as(run.err()).isEqualTo(2);
        assertThat(run.err()).startsWith(start);
        assertThat(run.err().lines()).hasSize(1);
    }
}
