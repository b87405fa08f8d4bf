package io.freshet.faults.secured;

import static org.awaitility.Awaitility.await;

import io.freshet.faults.cluster.FreePorts;
import io.freshet.faults.cluster.KafkaNode;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * A broker with an authorizer and two listeners, SASL_SSL with SCRAM-SHA-512 and mutual TLS, set up like the one of {@code
 * deploy/secured/docker-compose.yml}: nobody may do anything without an ACL, except the broker and {@code admin}.
 */
final class SecuredKafka implements AutoCloseable {
    private static final Path SCRIPT = Path.of("..", "deploy", "secured", "credentials.sh")
            .toAbsolutePath()
            .normalize();

    private final Path credentials;
    private final KafkaNode node;
    private final int scramPort;
    private final int tlsPort;

    /** How a client proves who it is. */
    enum Mechanism {
        SCRAM,
        TLS;

        private String file() {
            return name().toLowerCase(Locale.ROOT) + ".properties";
        }
    }

    private SecuredKafka(Path directory) throws Exception {
        credentials = directory.resolve("credentials");
        createCredentials("365", "kafka", "admin");
        FreePorts ports = new FreePorts();
        scramPort = ports.next();
        tlsPort = ports.next();
        node = KafkaNode.start(Files.createDirectories(directory.resolve("kafka")), settings(ports.next()));
    }

    /** Starts a broker, and waits until it answers the administrator. */
    static SecuredKafka start(Path directory) throws Exception {
        SecuredKafka kafka = new SecuredKafka(directory);
        try (Admin admin = kafka.admin()) {
            await().atMost(Duration.ofSeconds(60))
                    .ignoreExceptions()
                    .until(() -> !admin.describeCluster().nodes().get().isEmpty());
        }
        return kafka;
    }

    private Map<String, String> settings(int controllerPort) {
        Path own = credentials.resolve("kafka");
        String listeners = "SCRAM://127.0.0.1:" + scramPort + ",TLS://127.0.0.1:" + tlsPort;
        return Map.ofEntries(
                Map.entry("process.roles", "broker,controller"),
                Map.entry("node.id", "1"),
                Map.entry("controller.quorum.voters", "1@127.0.0.1:" + controllerPort),
                Map.entry("controller.listener.names", "CONTROLLER"),
                Map.entry("listeners", listeners + ",CONTROLLER://127.0.0.1:" + controllerPort),
                Map.entry("advertised.listeners", listeners),
                Map.entry("listener.security.protocol.map", "SCRAM:SASL_SSL,TLS:SSL,CONTROLLER:SSL"),
                Map.entry("inter.broker.listener.name", "TLS"),
                Map.entry("sasl.enabled.mechanisms", "SCRAM-SHA-512"),
                Map.entry(
                        "listener.name.scram.scram-sha-512.sasl.jaas.config",
                        "org.apache.kafka.common.security.scram.ScramLoginModule required;"),
                Map.entry("ssl.keystore.type", "PEM"),
                Map.entry("ssl.keystore.location", own.resolve("keystore.pem").toString()),
                Map.entry("ssl.truststore.type", "PEM"),
                Map.entry("ssl.truststore.location", own.resolve("ca.crt").toString()),
                Map.entry("listener.name.tls.ssl.client.auth", "required"),
                Map.entry("listener.name.controller.ssl.client.auth", "required"),
                Map.entry("ssl.principal.mapping.rules", "RULE:^CN=(.*)$/$1/"),
                Map.entry("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer"),
                Map.entry("super.users", "User:kafka;User:admin"),
                Map.entry("auto.create.topics.enable", "false"),
                Map.entry("group.initial.rebalance.delay.ms", "0"),
                Map.entry("offsets.topic.replication.factor", "1"),
                Map.entry("offsets.topic.num.partitions", "4"),
                Map.entry("transaction.state.log.replication.factor", "1"),
                Map.entry("transaction.state.log.min.isr", "1"),
                Map.entry("transaction.state.log.num.partitions", "4"));
    }

    /** Creates the credentials of clients, and registers their passwords. */
    void addUsers(String... names) throws Exception {
        createCredentials("365", names);
        try (Admin admin = admin()) {
            for (String name : names) {
                ScramCredentialInfo info = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096);
                admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(name, info, password(name))))
                        .all()
                        .get();
            }
        }
    }

    /** Creates credentials whose certificate ends with the day {@code days} from now. */
    void createCredentials(String days, String... names) throws Exception {
        List<String> command = new ArrayList<>(List.of("bash", SCRIPT.toString(), credentials.toString()));
        command.addAll(List.of(names));
        File log = new File(credentials + ".log");
        ProcessBuilder script =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log);
        script.environment().put("FRESHET_CERTIFICATE_DAYS", days);
        int code = script.start().waitFor();
        if (code != 0) {
            throw new IllegalStateException(SCRIPT + ": exit code " + code + ": " + Files.readString(log.toPath()));
        }
    }

    /** Takes a right from a user, whatever else grants it. */
    void deny(String user, ResourceType type, String name, AclOperation operation) throws Exception {
        try (Admin admin = admin()) {
            admin.createAcls(List.of(new AclBinding(
                            new ResourcePattern(type, name, PatternType.LITERAL),
                            new AccessControlEntry("User:" + user, "*", operation, AclPermissionType.DENY))))
                    .all()
                    .get();
        }
    }

    private String password(String name) throws IOException {
        String line =
                Files.readString(credentials.resolve("users").resolve(name)).strip();
        return line.substring(line.lastIndexOf('=') + 1);
    }

    String bootstrapServers(Mechanism mechanism) {
        return "localhost:" + (mechanism == Mechanism.SCRAM ? scramPort : tlsPort);
    }

    /** Returns the file with a client's settings. */
    Path properties(String name, Mechanism mechanism) {
        return credentials.resolve(name).resolve(mechanism.file());
    }

    /** Returns a client's settings. */
    Properties settings(String name, Mechanism mechanism) {
        Properties settings = new Properties();
        try (var in = Files.newBufferedReader(properties(name, mechanism))) {
            settings.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        settings.setProperty("bootstrap.servers", bootstrapServers(mechanism));
        return settings;
    }

    private Admin admin() {
        return Admin.create(settings("admin", Mechanism.TLS));
    }

    @Override
    public void close() {
        node.close();
    }
}
