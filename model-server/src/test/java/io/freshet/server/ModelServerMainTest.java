package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.schemas.kafka.FreshetVersion;
import io.freshet.schemas.kafka.KafkaArguments;
import io.freshet.server.access.AccessToken;
import io.freshet.server.answers.AnswerPolicy;
import io.freshet.server.answers.LoggedFields;
import io.freshet.server.http.Limits;
import io.freshet.server.request.UnknownKeys;
import io.freshet.server.store.Gate;
import io.freshet.server.store.VersionLimits;
import io.freshet.server.store.VersionSpacing;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ModelServerMainTest {
    @Test
    void every_option_but_the_brokers_has_a_default() throws Exception {
        assertThat(options(Map.of(), "--bootstrap-servers", "b:9092")).isEqualTo(ServerOptions.of("b:9092"));
    }

    @Test
    void sets_every_option(@TempDir Path directory) throws Exception {
        Path token = Files.writeString(directory.resolve("token"), " secret\n");
        Path pem = Files.writeString(directory.resolve("pem"), "");

        ServerOptions options = options(
                Map.of("FRESHET_TOKEN", "other"),
                ("--bootstrap-servers b:1 --prefix p --host 0.0.0.0 --allowed-hosts models.example,server --port 1 --max-rows 2 --max-body-bytes 3 --max-staleness 30s --gate m:loss<=0.7 --gate m:accuracy>=0.6"
                                + " --unknown-keys parent --parent shops=all-shops --keep-versions 3 --keep-spaced 10m,30s --versions-memory 2KB --conformance-models --learn t --feedback o --log-answers=a --log-answers-sample 0.01 --log-answers-fields x,z --log-answers-required 2s --flink-url http://f:8081 --kafka.security.protocol=SSL --kafka.client.id=b=c --token-file "
                                + token + " --tls-certificate " + pem + " --tls-key " + pem)
                        .split(" "));

        assertThat(options)
                .isEqualTo(new ServerOptions(
                        new ServerOptions.Kafka("b:1", "p", Map.of("security.protocol", "SSL", "client.id", "b=c")),
                        new ServerOptions.Endpoint(
                                "0.0.0.0",
                                1,
                                List.of(AccessToken.of("secret")),
                                new ServerOptions.Tls(pem, pem),
                                Set.of("models.example", "server")),
                        Limits.of(2, 3),
                        new ServerOptions.Serving(
                                UnknownKeys.PARENT,
                                Map.of("shops", "all-shops"),
                                new VersionLimits(3, VersionSpacing.parse("30s,10m"), 2048),
                                Duration.ofSeconds(30),
                                List.of(Gate.parse("m:loss<=0.7"), Gate.parse("m:accuracy>=0.6")),
                                true),
                        new ServerOptions.Writing(
                                "t",
                                "o",
                                new ServerOptions.Answers(
                                        "a", new AnswerPolicy(0.01, LoggedFields.parse("x,z"), Duration.ofSeconds(2)))),
                        "http://f:8081"));
    }

    @Test
    void samples_are_written_only_on_request_and_by_default_to_the_topic_of_the_prefix() throws Exception {
        assertThat(options(Map.of(), "--bootstrap-servers=b:1").writing()).isEqualTo(ServerOptions.Writing.NONE);
        assertThat(options(Map.of(), "--prefix=p", "--learn", "--bootstrap-servers=b:1")
                        .writing())
                .isEqualTo(new ServerOptions.Writing("p.samples", null));
        assertThatThrownBy(() -> options(Map.of(), "--bootstrap-servers=b:1", "--learn", "--host=0.0.0.0"))
                .hasMessage("--learn: without a token on 0.0.0.0 (expected: a token, or host 127.0.0.1)");
    }

    @Test
    void answers_and_outcomes_have_defaults_and_nothing_is_set_for_a_log_that_is_not_written() throws Exception {
        assertThat(options(
                                Map.of("FRESHET_LOG_ANSWERS_FIELDS", "all", "FRESHET_FEEDBACK", "true"),
                                "--prefix=p",
                                "--log-answers",
                                "--log-answers-required",
                                "--bootstrap-servers=b:1")
                        .writing())
                .isEqualTo(new ServerOptions.Writing(
                        null,
                        "p.outcomes",
                        new ServerOptions.Answers(
                                "p.answers", new AnswerPolicy(1, LoggedFields.ALL, Duration.ofSeconds(5)))));
        for (String option :
                List.of("--log-answers-sample=0.5", "--log-answers-fields=all", "--log-answers-required=2s")) {
            assertThatThrownBy(() -> options(Map.of(), "--bootstrap-servers=b:1", option))
                    .hasMessage(option.replace("=", ": ") + " (expected: also --log-answers)");
        }
        assertThatThrownBy(() ->
                        options(Map.of(), "--bootstrap-servers=b:1", "--log-answers", "--log-answers-required=1ms"))
                .hasMessage("--log-answers-required: 1ms (expected: 100ms to 5m)");
        assertThatThrownBy(
                        () -> options(Map.of(), "--bootstrap-servers=b:1", "--log-answers", "--log-answers-fields=a,"))
                .hasMessage("--log-answers-fields: a, (expected: all, none, or names of fields, separated by commas)");
        assertThatThrownBy(() -> options(Map.of(), "--bootstrap-servers=b:1", "--log-answers=freshet.outcomes"))
                .hasMessage("--log-answers: freshet.outcomes (expected: a topic of answers only)");
    }

    @Test
    void reads_the_token_from_the_environment() throws Exception {
        assertThat(options(Map.of("FRESHET_TOKEN", "secret"), "--bootstrap-servers", "b:1")
                        .endpoint()
                        .tokens())
                .containsExactly(AccessToken.of("secret"));
    }

    @Test
    void does_not_print_secrets() throws Exception {
        ServerOptions options = options(
                Map.of("FRESHET_TOKEN", "hush"), "--bootstrap-servers=b:1", "--kafka.sasl.jaas.config=hush hush");

        assertThat(options.toString()).contains("sasl.jaas.config").doesNotContain("hush");
    }

    /** Would catch a token with the trailing newline of the file it was read from; no client sends that. */
    @Test
    void strips_whitespace_around_the_token(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("token"), "hush\n");

        assertThat(options(Map.of(), "--bootstrap-servers=b:1", "--token-file=" + file)
                        .endpoint()
                        .tokens())
                .containsExactly(AccessToken.of("hush"));
        assertThat(options(Map.of("FRESHET_TOKEN", " hush\n"), "--bootstrap-servers=b:1")
                        .endpoint()
                        .tokens())
                .containsExactly(AccessToken.of("hush"));
    }

    @Test
    void rejects_a_certificate_without_a_key() {
        assertThatThrownBy(() -> options(Map.of(), "--bootstrap-servers=b:1", "--tls-certificate=c"))
                .hasMessage("--tls-key: missing (expected: both or neither)");
    }

    @Test
    void names_a_missing_file() {
        assertThatThrownBy(() -> options(Map.of(), "--bootstrap-servers=b:1", "--token-file=/no/such"))
                .hasMessage("--token-file: /no/such (expected: a readable file)");
    }

    @Test
    void names_the_option_of_an_invalid_value(@TempDir Path directory) throws Exception {
        assertThatThrownBy(() -> options(Map.of(), "--bootstrap-servers=b:1", "--port=70000"))
                .hasMessage("--port: 70000 (expected: 0 to 65535)");
        assertThatThrownBy(() -> options(Map.of(), "--bootstrap-servers=b:1", "--prefix=a/b"))
                .hasMessage("--prefix: a/b (expected: letters, digits, . _ -)");
        assertThatThrownBy(() -> options(Map.of(), "--bootstrap-servers= "))
                .hasMessage("--bootstrap-servers:   (expected: host:port,...)");
        for (String valid : List.of("b:1", "b:1,c:2, d:3", "PLAINTEXT://b:1", "[::1]:9092", "10.0.0.1:9092")) {
            assertThat(options(Map.of(), "--bootstrap-servers=" + valid).kafka().bootstrapServers())
                    .isEqualTo(valid);
        }
        for (String invalid : List.of("b", "b:", ":1", "b:1,c", "b:1 c:2", "http://b", "::1:9092")) {
            assertThatThrownBy(() -> options(Map.of(), "--bootstrap-servers=" + invalid))
                    .hasMessage("--bootstrap-servers: " + invalid + " (expected: host:port,...)");
        }
        assertThatThrownBy(() -> options(Map.of(), "--bootstrap-servers=b:1", "--learn=a/b"))
                .hasMessage("--learn: a/b (expected: letters, digits, . _ -)");
        assertThatThrownBy(() -> options(Map.of(), "--bootstrap-servers=b:1", "--log-answers=a/b"))
                .hasMessage("--log-answers: a/b (expected: letters, digits, . _ -)");
        assertThatThrownBy(() -> options(Map.of(), "--bootstrap-servers=b:1", "--log-answers-sample=0.01"))
                .hasMessage("--log-answers-sample: 0.01 (expected: also --log-answers)");
        assertThatThrownBy(() -> options(Map.of(), "--bootstrap-servers=b:1", "--max-body-bytes=0"))
                .hasMessage("--max-body-bytes: 0 (expected: at least 1)");
        assertThatThrownBy(() -> options(Map.of(), "--bootstrap-servers=b:1", "--max-rows=0"))
                .hasMessage("--max-rows: 0 (expected: at least 1)");
        assertThatThrownBy(() -> options(Map.of(), "--bootstrap-servers=b:1", "--flink-url=javascript:alert(1)"))
                .hasMessage("--flink-url: javascript:alert(1) (expected: http://host:port)");
        assertThatThrownBy(() -> options(Map.of("FRESHET_TOKEN", " "), "--bootstrap-servers=b:1"))
                .hasMessage("FRESHET_TOKEN: blank (expected: a secret)");
        Path blank = Files.writeString(directory.resolve("token"), "\n");
        assertThatThrownBy(() -> options(Map.of(), "--bootstrap-servers=b:1", "--token-file=" + blank))
                .hasMessage("--token-file: blank (expected: a secret)");
    }

    /** Would catch a record that is built with an invalid value, and only refused by another that contains it. */
    @Test
    void no_record_of_options_can_be_built_with_an_invalid_value() {
        ServerOptions.Serving serving = ServerOptions.Serving.DEFAULT;
        Limits limits = Limits.of(1, 1);

        assertThatThrownBy(() -> new ServerOptions.Kafka("b", "p", Map.of()))
                .hasMessage("bootstrapServers: b (expected: host:port,...)");
        assertThatThrownBy(() -> new ServerOptions.Kafka("b:1", "a/b", Map.of()))
                .hasMessage("prefix: a/b (expected: letters, digits, . _ -)");
        assertThatThrownBy(() -> new ServerOptions.Endpoint("h", -1, List.of(), null, Set.of()))
                .hasMessage("port: -1 (expected: 0 to 65535)");
        assertThatThrownBy(() -> Limits.of(0, 1)).hasMessage("maxRows: 0 (expected: at least 1)");
        assertThatThrownBy(() -> limits.withBodyBytes(0)).hasMessage("maxBodyBytes: 0 (expected: at least 1)");
        assertThatThrownBy(() -> new ServerOptions.Serving(
                        serving.unknownKeys(), Map.of(), new VersionLimits(-1, 1), null, List.of(), false))
                .hasMessage("keepVersions: -1 (expected: at least 0)");
        assertThatThrownBy(() -> new ServerOptions.Writing("a/b", null))
                .hasMessage("learn: a/b (expected: letters, digits, . _ -)");
        assertThatThrownBy(() -> new ServerOptions.Answers("a/b", 1))
                .hasMessage("logAnswers: a/b (expected: letters, digits, . _ -)");
        assertThatThrownBy(() -> new ServerOptions.Answers("t", 0))
                .hasMessage("logAnswersSample: 0.0 (expected: in (0, 1])");
        assertThatThrownBy(() -> ServerOptions.of("b:1")
                        .withWriting(new ServerOptions.Writing(null, new ServerOptions.Answers("freshet.metrics", 1))))
                .hasMessage("logAnswers: freshet.metrics (expected: a topic of answers only)");
        assertThatThrownBy(() -> ServerOptions.of("b:1")
                        .withWriting(new ServerOptions.Writing(null, new ServerOptions.Answers("freshet.rounds", 1))))
                .hasMessage("logAnswers: freshet.rounds (expected: a topic of answers only)");
    }

    @Test
    void help_shows_the_defaults_and_an_unknown_option_is_a_usage_error() {
        StringWriter out = new StringWriter();
        CommandLine line = ModelServerMain.commandLine(new ServerCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(out));

        assertThat(line.execute("--help")).isEqualTo(0);
        assertThat(out.toString()).contains("8000", "127.0.0.1", "10000");
        assertThat(line.execute("--portt=1")).isEqualTo(2);
    }

    @Test
    void prints_the_version_that_snapshots_record() {
        StringWriter out = new StringWriter();

        int code = ModelServerMain.commandLine(new ServerCommand())
                .setOut(new PrintWriter(out))
                .execute("--version");

        assertThat(code).isEqualTo(0);
        assertThat(out.toString().strip()).isEqualTo("freshet " + FreshetVersion.VERSION);
    }

    private static ServerOptions options(Map<String, String> environment, String... arguments) throws Exception {
        ServerCommand command = new ServerCommand();
        ModelServerMain.commandLine(command).parseArgs(KafkaArguments.expand(arguments));
        return command.options(environment);
    }
}
