package io.freshet.faults.secured;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.freshet.cli.FreshetCommand;
import io.freshet.faults.secured.SecuredKafka.Mechanism;
import io.freshet.job.FreshetJob;
import io.freshet.job.join.KafkaLogEnds;
import io.freshet.schemas.kafka.KafkaPropertiesFile;
import io.freshet.server.ModelServer;
import io.freshet.server.ServerOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.provider.DirectoryConfigProvider;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The job, the server, and the commands with a Kafka that demands a password or a certificate, and grants each only the rights
 * of {@code freshet acls}. Would catch a client without the settings, a right that is missing from a role, and a refusal that
 * does not say what was refused, or that prints a secret.
 */
class SecuredKafkaIT {
    private static final int ROWS = 500;

    @TempDir
    private static Path directory;

    private static SecuredKafka kafka;

    /** What a command printed. */
    private record Printed(int code, String out, String err) {}

    @BeforeAll
    static void start() throws Exception {
        kafka = SecuredKafka.start(directory);
        kafka.addUsers("job", "server", "feeder", "operator");
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    @ParameterizedTest
    @EnumSource(Mechanism.class)
    void learns_and_serves_with_the_rights_of_each_role(Mechanism mechanism) throws Exception {
        String prefix = mechanism.name().toLowerCase(Locale.ROOT);
        Path spec = Files.writeString(
                directory.resolve(prefix + ".yaml"),
                "{name: m, label: y, loss: mean-squared-error, features: {numeric: [a]}, publish: {lane: committed}}");
        Path rows = Files.write(
                directory.resolve(prefix + ".csv"),
                IntStream.rangeClosed(0, ROWS)
                        .mapToObj(i -> i == 0 ? "a,y" : i + "," + 2 * i)
                        .toList());
        String granted = done(
                "admin",
                Mechanism.TLS,
                "acls",
                "create",
                "--prefix",
                prefix,
                "--grant=job=User:job",
                "--grant=server=User:server",
                "--grant=producer=User:feeder",
                "--grant=producer=User:second",
                "--grant=operator=User:operator");
        assertThat(granted).contains("User:feeder: write on topic ", "User:second: write on topic ");
        done("operator", mechanism, "topics", "create", "--prefix", prefix, "--partitions=1");
        // It reads the heartbeats of a job.
        Printed applied = run("operator", mechanism, "apply", "--prefix", prefix, "-f", spec.toString());
        assertThat(applied.code()).as(applied.err()).isZero();
        assertThat(applied.err()).contains("no job runs").doesNotContain("unknown");
        done("feeder", mechanism, "feed", "--prefix", prefix, "--input", rows.toString());
        FreshetJob.main(arguments("job", mechanism, "--prefix", prefix, "--bounded"));

        assertThat(done("operator", mechanism, "status", "--prefix", prefix, "--output=json"))
                .contains("\"version\":" + ROWS);
        assertThat(done("operator", mechanism, "replay", "--prefix", prefix, "m"))
                .contains("identical");
        done("operator", mechanism, "redrive", "--prefix", prefix);
        Map<String, String> settings = KafkaPropertiesFile.merge(kafka.properties("server", mechanism), Map.of());
        try (ModelServer server = ModelServer.start(ServerOptions.of(kafka.bootstrapServers(mechanism))
                .withPrefix(prefix)
                .withAddress("127.0.0.1", 0)
                .withKafka(settings))) {
            URI model = URI.create("http://127.0.0.1:" + server.port() + "/v2/models/m");
            await().atMost(Duration.ofSeconds(60)).until(() -> status(model) == 200);
        }
    }

    /** Otherwise event time waits for ever where passwords are mounted as files. */
    @Test
    void the_join_reads_the_ends_of_logs_with_a_password_from_a_file() throws Exception {
        done("admin", Mechanism.TLS, "topics", "create", "--prefix=mounted", "--partitions=1");
        done("admin", Mechanism.TLS, "acls", "create", "--prefix=mounted", "--grant=job=User:job");
        Properties properties = new Properties();
        properties.putAll(KafkaPropertiesFile.merge(kafka.properties("job", Mechanism.SCRAM), Map.of()));
        Path mounted = Files.createDirectories(directory.resolve("mounted"));
        Files.writeString(mounted.resolve("jaas"), properties.getProperty("sasl.jaas.config"));
        properties.putAll(Map.of(
                "bootstrap.servers",
                kafka.bootstrapServers(Mechanism.SCRAM),
                "group.id",
                "of-consumers",
                "config.providers",
                "directory",
                "config.providers.directory.class",
                DirectoryConfigProvider.class.getName(),
                "config.providers.directory.param.allowed.paths",
                mounted.toString(),
                "sasl.jaas.config",
                "${directory:" + mounted + ":jaas}"));
        KafkaLogEnds ends = new KafkaLogEnds(List.of("mounted.samples"), properties);
        try {
            assertThat(ends.read()).containsKey(new TopicPartition("mounted.samples", 0));
        } finally {
            ends.close();
        }
    }

    @Test
    void names_the_user_of_a_wrong_password_and_not_the_password() throws Exception {
        Path wrong = Files.writeString(
                directory.resolve("wrong.properties"),
                Files.readString(kafka.properties("operator", Mechanism.SCRAM))
                        .replaceAll("password=\"[^\"]*\"", "password=\"guessed\""));
        Printed printed = freshet(
                "topics",
                "list",
                "--bootstrap-servers",
                kafka.bootstrapServers(Mechanism.SCRAM),
                "--kafka-properties",
                wrong.toString());
        assertThat(printed.code()).isEqualTo(1);
        assertThat(printed.err())
                .startsWith("freshet: Kafka at localhost:")
                .contains("invalid credentials", "(user: operator)")
                .doesNotContain("guessed");
    }

    @Test
    void names_the_file_and_the_end_of_an_expired_certificate() throws Exception {
        kafka.createCredentials("0", "late");
        Printed printed = run("late", Mechanism.TLS, "topics", "list");
        assertThat(printed.code()).isEqualTo(1);
        assertThat(printed.err())
                .contains("the brokers refused the certificate of this client")
                .contains(Path.of("late", "keystore.pem") + ", valid until 20");
    }

    @Test
    void names_the_topic_and_the_user_of_a_missing_right() throws Exception {
        kafka.addUsers("stranger");
        assertThat(run("stranger", Mechanism.SCRAM, "tail", "metrics", "--prefix=strange")
                        .err())
                .contains("strange.metrics", "(user: stranger)", "freshet acls list");
        assertThat(run("stranger", Mechanism.TLS, "topics", "create", "--prefix=strange")
                        .err())
                .contains(
                        "topic strange.samples",
                        Path.of("stranger", "keystore.pem").toString());
        assertThat(run("stranger", Mechanism.SCRAM, "acls", "create", "--grant=job=User:stranger")
                        .err())
                .contains("the right to ALTER the cluster is missing (user: stranger)");
        String[] arguments = arguments("stranger", Mechanism.SCRAM, "--prefix=strange", "--bounded");
        assertThatThrownBy(() -> FreshetJob.main(arguments))
                .hasMessageContainingAll("strange.models", "(user: stranger)");
    }

    @Test
    void a_job_without_rights_that_it_needs_later_does_not_start() throws Exception {
        kafka.addUsers("newcomer");
        done("admin", Mechanism.TLS, "topics", "create", "--prefix=later", "--partitions=1");
        done("admin", Mechanism.TLS, "acls", "create", "--prefix=later", "--grant=job=User:newcomer");
        kafka.deny("newcomer", ResourceType.TOPIC, "later.rounds", AclOperation.WRITE);
        kafka.deny("newcomer", ResourceType.TOPIC, "later.metrics", AclOperation.WRITE);
        kafka.deny("newcomer", ResourceType.GROUP, "later-trainer", AclOperation.ALL);
        kafka.deny("newcomer", ResourceType.TRANSACTIONAL_ID, "later.parameters-committed", AclOperation.ALL);
        String[] arguments = arguments("newcomer", Mechanism.SCRAM, "--prefix=later", "--bounded");
        assertThatThrownBy(() -> FreshetJob.main(arguments))
                .hasMessage("Kafka at " + kafka.bootstrapServers(Mechanism.SCRAM)
                        + ": no right to write topic later.metrics; no right to read group later-trainer;"
                        + " no right to write transactional id later.parameters-committed (user: newcomer);"
                        + " freshet acls list prints the rights of each role");
        String[] ownGroup =
                arguments("newcomer", Mechanism.SCRAM, "--prefix=later", "--bounded", "--kafka.group.id=own-group");
        assertThatThrownBy(() -> FreshetJob.main(ownGroup)).hasMessageContaining("no right to read group own-group;");
    }

    /** Would catch a server that takes brokers which refuse a right for brokers that are gone. */
    @Test
    void a_server_without_the_rights_that_it_can_do_without_reaches_its_brokers() throws Exception {
        kafka.addUsers("reader");
        done("admin", Mechanism.TLS, "topics", "create", "--prefix=partial", "--partitions=1");
        done("admin", Mechanism.TLS, "acls", "create", "--prefix=partial", "--grant=server=User:reader");
        kafka.deny("reader", ResourceType.TOPIC, "partial.models", AclOperation.READ);
        kafka.deny("reader", ResourceType.TOPIC, "partial.samples-dlt", AclOperation.ALL);
        Map<String, String> settings = KafkaPropertiesFile.merge(kafka.properties("reader", Mechanism.SCRAM), Map.of());
        try (ModelServer server = ModelServer.start(ServerOptions.of(kafka.bootstrapServers(Mechanism.SCRAM))
                .withPrefix("partial")
                .withAddress("127.0.0.1", 0)
                .withKafka(settings))) {
            URI metrics = URI.create("http://127.0.0.1:" + server.port() + "/metrics");
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(
                                    get(metrics).lines().filter(line -> line.startsWith("freshet_broker_connected")))
                            .hasSize(4)
                            .allMatch(line -> line.endsWith(" 1.0")));
        }
    }

    private static String get(URI uri) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static int status(URI uri) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    /** Returns what a command of a user prints, after checking that it succeeds. */
    private static String done(String user, Mechanism mechanism, String... arguments) {
        Printed printed = run(user, mechanism, arguments);
        assertThat(printed.code()).as(printed.err()).isZero();
        return printed.out();
    }

    private static Printed run(String user, Mechanism mechanism, String... arguments) {
        return freshet(arguments(user, mechanism, arguments));
    }

    private static String[] arguments(String user, Mechanism mechanism, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of(
                "--bootstrap-servers", kafka.bootstrapServers(mechanism),
                "--kafka-properties", kafka.properties(user, mechanism).toString()));
        return all.toArray(String[]::new);
    }

    private static Printed freshet(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = FreshetCommand.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
        return new Printed(code, out.toString(), err.toString());
    }
}
