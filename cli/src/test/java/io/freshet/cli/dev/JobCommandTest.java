package io.freshet.cli.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.cli.console.CommandException;
import io.freshet.schemas.kafka.KafkaArguments;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class JobCommandTest {
    @TempDir
    Path home;

    private final Map<String, String> environment = new HashMap<>();
    private final StringWriter err = new StringWriter();

    @Test
    void prints_the_command_line_without_secrets() throws Exception {
        String jar = jar().toString();
        assertThat(run(
                        "--bounded",
                        "--bootstrap-servers=b:1",
                        "--schema-registry-token=hunter2",
                        "--kafka.sasl.jaas.config=password=hunter2",
                        "--kafka.client.id=a b"))
                .startsWith("flink run -d -c io.freshet.job.FreshetJob " + jar + " --bootstrap-servers b:1")
                .contains(" --bounded", "sasl.jaas.config=****", "'client.id=a b'")
                .doesNotContain("hunter2", "--bounded true");
        assertThat(err.toString()).contains("secrets are printed as ****").doesNotContain("hunter2");
    }

    @Test
    void prints_the_command_line_of_the_join() throws Exception {
        String jar = jar().toString();
        assertThat(run("join", "--bootstrap-servers=b:1", "--idle=10s", "--kafka.client.id=x"))
                .startsWith("flink run -d -c io.freshet.job.FreshetJoin " + jar + " --bootstrap-servers b:1")
                .contains(" --idle 10s", " --kafka client.id=x");
        assertThatThrownBy(() -> run("join", "--bootstrap-servers=b:1", "--idle=10"))
                .hasMessageContaining("--idle: 10 (expected: a duration such as 500ms");
        assertThatThrownBy(() -> run("join", "--bootstrap-servers=b:1", "--requests=a", "--answers=b"))
                .hasMessageContaining("--answers: given (expected: not beside --requests)");
        assertThatThrownBy(() -> run("join")).hasMessageContaining("--bootstrap-servers");
        assertThatThrownBy(() -> run()).hasMessageContaining("--bootstrap-servers");
    }

    @Test
    void prints_the_flink_of_flink_home() throws Exception {
        String jar = jar().toString();
        environment.put("FLINK_HOME", "/opt/my flink");
        assertThat(run("--bootstrap-servers=b:1"))
                .startsWith("'/opt/my flink/bin/flink' run -d -c io.freshet.job.FreshetJob " + jar + " ");
    }

    @Test
    void runs_flink_with_the_secrets() throws Exception {
        Path jar = jar();
        Path recorded = home.resolve("arguments");
        Path flink = Files.createDirectories(home.resolve("flink/bin")).resolve("flink");
        Files.writeString(flink, "#!/bin/sh\nprintf '%s\\n' \"$@\" >'" + recorded + "'\n");
        assertThat(flink.toFile().setExecutable(true)).isTrue();
        environment.put("FLINK_HOME", home.resolve("flink").toString());

        assertThat(run("--run", "--bootstrap-servers=b:1", "--schema-registry-token=hunter2"))
                .isEmpty();

        assertThat(Files.readAllLines(recorded))
                .containsSubsequence("run", "-d", "-c", "io.freshet.job.FreshetJob", jar.toString())
                .containsSubsequence("--bootstrap-servers", "b:1")
                .containsSubsequence("--schema-registry-token", "hunter2")
                .doesNotContain("--run");
    }

    @Test
    void reports_a_missing_flink_or_jar() {
        FlinkInstallation none = new FlinkInstallation(environment, home);
        assertThatThrownBy(none::command)
                .isInstanceOf(CommandException.class)
                .hasMessage(
                        "flink: not on the PATH (expected: Flink 2.2 in $FLINK_HOME or on the PATH; freshet dev --spec"
                                + " <file> needs none)");
        assertThatThrownBy(none::builtJar).hasMessageEndingWith("does not exist (expected: mvn -DskipTests package)");
        environment.put("FLINK_HOME", "/nowhere");
        assertThatThrownBy(none::command).hasMessage("FLINK_HOME: /nowhere (expected: Flink 2.2, with bin/flink)");
    }

    @Test
    void finds_the_jar_of_a_release() throws Exception {
        Path jar = Files.createFile(Files.createDirectories(home.resolve("job")).resolve("freshet-job-1-job.jar"));
        assertThat(new FlinkInstallation(environment, home).builtJar()).isEqualTo(jar.toString());
    }

    @Test
    void lists_the_jars_if_several_match() throws Exception {
        Path jar = jar();
        Files.createFile(jar.resolveSibling("freshet-job-2-job.jar"));
        assertThatThrownBy(new FlinkInstallation(environment, home)::jar)
                .isInstanceOf(CommandException.class)
                .hasMessage(jar.getParent() + ": freshet-job-1-job.jar, freshet-job-2-job.jar"
                        + " (expected: one freshet-job-*-job.jar; mvn clean removes the others)");
    }

    private Path jar() throws Exception {
        return Files.createFile(
                Files.createDirectories(home.resolve("job/target")).resolve("freshet-job-1-job.jar"));
    }

    private String run(String... arguments) {
        StringWriter out = new StringWriter();
        JobCommand command =
                new JobCommand(environment, home, InstantSource.fixed(Instant.parse("2030-01-01T00:00:00Z")));
        int code = new CommandLine(command)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(KafkaArguments.expand(arguments));
        assertThat(code).as(err.toString()).isZero();
        return out.toString();
    }
}
