package io.freshet.server;

import static io.freshet.server.configuration.OptionCheck.expect;

import io.freshet.learning.yaml.Durations;
import io.freshet.schemas.kafka.KafkaSettings;
import io.freshet.schemas.kafka.ReasonGroup;
import io.freshet.schemas.kafka.Topics;
import io.freshet.server.access.AccessToken;
import io.freshet.server.access.AllowedHosts;
import io.freshet.server.answers.AnswerPolicy;
import io.freshet.server.answers.LoggedFields;
import io.freshet.server.http.Limits;
import io.freshet.server.request.UnknownKeys;
import io.freshet.server.store.Gate;
import io.freshet.server.store.VersionLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.jspecify.annotations.Nullable;

/**
 * The options of a model server. {@link #of} returns working defaults; each {@code with...} method changes one option.
 *
 * @param kafka the brokers, and the names of the topics
 * @param endpoint address, port, and security
 * @param limits limits on inference requests
 * @param serving how models are served
 * @param writing what the server writes to Kafka
 * @param flinkUrl URL of Flink's web UI that the page links to, or null
 */
public record ServerOptions(
        Kafka kafka,
        Endpoint endpoint,
        Limits limits,
        Serving serving,
        Writing writing,
        @Nullable String flinkUrl) {

    public static final int DEFAULT_PORT = 8000;
    public static final String DEFAULT_HOST = "127.0.0.1";
    static final int DEFAULT_MAXIMUM_ROWS = 10_000;
    static final int DEFAULT_MAXIMUM_BODY_BYTES = 4 << 20;

    private static final String NAME = "letters, digits, . _ -";

    /** @throws IllegalArgumentException naming the option that does not fit the others */
    public ServerOptions {
        expect(
                writing.samples == null || !endpoint.isOpen(),
                "learn",
                "without a token on " + endpoint.host,
                "a token, or host " + DEFAULT_HOST);
        expect(
                writing.outcomes == null || !endpoint.isOpen(),
                "feedback",
                "without a token on " + endpoint.host,
                "a token, or host " + DEFAULT_HOST);
        String outcomes = writing.outcomes;
        if (outcomes != null) {
            Topics topics = kafka.topics();
            expect(
                    !topics.reserved().contains(outcomes)
                            && !outcomes.equals(topics.answers())
                            && !outcomes.equals(writing.samples),
                    "feedback",
                    outcomes,
                    "a topic of outcomes only");
        }
        if (writing.answers != null) {
            String answers = writing.answers.topic;
            Topics topics = kafka.topics();
            expect(
                    !topics.reserved().contains(answers)
                            && !answers.equals(topics.outcomes())
                            && !answers.equals(outcomes)
                            && !answers.equals(writing.samples),
                    "logAnswers",
                    answers,
                    "a topic of answers only");
        }
        expect(
                flinkUrl == null || flinkUrl.matches("https?://[^\\s\"'<>]+"),
                "flinkUrl",
                String.valueOf(flinkUrl),
                "http://host:port");
    }

    /**
     * The brokers, and the names of the topics.
     *
     * @param bootstrapServers {@code host:port,...}
     * @param prefix prefix of the topics; that of the committed lane need not exist
     * @param settings of all clients, by Kafka's names; may contain secrets
     */
    public record Kafka(String bootstrapServers, String prefix, Map<String, String> settings) {
        /** Kafka's syntax: a port each, and an IPv6 address in brackets. */
        private static final String BROKERS =
                "(?:(?:^|,)\\s*(?:\\w+://)?(?:\\[[0-9A-Fa-f:.]+]|[^\\s:,/\\[]+):\\d{1,5}\\s*)+";
        /** All clients, because the same settings are often passed to the job, the tools, and the server. */
        private static final List<Set<String>> CLIENTS =
                List.of(ConsumerConfig.configNames(), ProducerConfig.configNames(), AdminClientConfig.configNames());

        public Kafka {
            KafkaSettings.requireKnown(settings, CLIENTS);
            settings = Map.copyOf(settings);
            expect(bootstrapServers.matches(BROKERS), "bootstrapServers", bootstrapServers, "host:port,...");
            expect(prefix.matches("[A-Za-z0-9._-]{1,200}"), "prefix", prefix, NAME);
        }

        Topics topics() {
            return Topics.of(prefix);
        }

        /** Omits the values of the settings. */
        @Override
        public String toString() {
            return bootstrapServers + ", prefix=" + prefix + ", kafka=" + settings.keySet();
        }
    }

    /**
     * The address, port, and security of the server.
     *
     * @param host address to listen on
     * @param port port to listen on, or 0 for any free port
     * @param tokens of which requests must send one, or none
     * @param tls certificate and key, or null for plain HTTP
     * @param allowedHosts names by which clients address the server, besides {@code host} and those of loopback
     */
    public record Endpoint(
            String host,
            int port,
            List<AccessToken> tokens,
            @Nullable Tls tls,
            Set<String> allowedHosts) {
        private static final String HOST = "[A-Za-z0-9_]([A-Za-z0-9._-]{0,252})(:[0-9]{1,5})?";

        public Endpoint {
            expect(port >= 0 && port <= 65535, "port", port, "0 to 65535");
            tokens = List.copyOf(tokens);
            allowedHosts = Set.copyOf(allowedHosts);
            for (String name : allowedHosts) {
                expect(name.matches(HOST), "allowedHosts", name, "a host name, or name:port, without a scheme");
            }
        }

        /** Returns the names by which clients may address the server. */
        AllowedHosts hosts() {
            return new AllowedHosts(allowedHosts, host);
        }

        /** Returns whether other hosts can connect and need no token. */
        boolean isOpen() {
            return tokens.isEmpty() && !host.equals("localhost") && !host.startsWith("127.") && !host.equals("::1");
        }

        /** Returns what clients may see of why a record was rejected: not its value, if any host can ask. */
        String shownReason(String reason) {
            return isOpen() ? ReasonGroup.of(reason) : reason;
        }

        /** Omits the secrets. */
        @Override
        public String toString() {
            return host + ":" + port + ", tokens=" + tokens + ", tls=" + (tls == null ? "none" : tls.certificate());
        }
    }

    /**
     * The server's TLS identity.
     *
     * @param certificate certificate chain, PEM
     * @param key private key, PKCS 8, PEM
     */
    public record Tls(Path certificate, Path key) {}

    /**
     * How models are served.
     *
     * @param unknownKeys what predicts rows with unknown keys, unless the request selects it
     * @param parents for the name of a keyed model, the model without a key that predicts its unknown keys
     * @param versions limits on older versions
     * @param maximumStaleness age of a model beyond which the server is not ready, or null for no limit
     * @param gates conditions that snapshots must meet to be served
     * @param conformanceModels whether to serve models whose predictions are known in advance
     */
    public record Serving(
            UnknownKeys unknownKeys,
            Map<String, String> parents,
            VersionLimits versions,
            @Nullable Duration maximumStaleness,
            List<Gate> gates,
            boolean conformanceModels) {
        public static final Serving DEFAULT =
                new Serving(UnknownKeys.ERROR, Map.of(), VersionLimits.DEFAULT, null, List.of(), false);

        public Serving {
            parents = Map.copyOf(parents);
            gates = List.copyOf(gates);
            expect(versions.versions() >= 0, "keepVersions", versions.versions(), "at least 0");
        }
    }

    /**
     * What the server writes to Kafka.
     *
     * @param samples topic of the rows that requests send to learn, or null to accept none
     * @param outcomes topic of the outcomes that requests send, or null to accept none
     * @param answers where answers are logged, or null for nowhere
     */
    public record Writing(
            @Nullable String samples,
            @Nullable String outcomes,
            @Nullable Answers answers) {
        public static final Writing NONE = new Writing(null, null, null);
        private static final String TOPIC = "[A-Za-z0-9._-]{1,249}";

        /** Accepts no outcomes. */
        public Writing(@Nullable String samples, @Nullable Answers answers) {
            this(samples, null, answers);
        }

        public Writing {
            expect(samples == null || samples.matches(TOPIC), "learn", String.valueOf(samples), NAME);
            expect(outcomes == null || outcomes.matches(TOPIC), "feedback", String.valueOf(outcomes), NAME);
        }
    }

    /**
     * Where answers are logged.
     *
     * @param topic the topic, one record per row
     * @param policy which answers are logged, with what, and whether requests wait for it
     */
    public record Answers(String topic, AnswerPolicy policy) {
        public Answers {
            expect(policy.share() > 0 && policy.share() <= 1, "logAnswersSample", policy.share(), "in (0, 1]");
            Duration deadline = policy.deadline();
            expect(
                    deadline == null || (deadline.toMillis() >= 100 && deadline.toMinutes() <= 5),
                    "logAnswersRequired",
                    deadline == null ? "" : Durations.write(deadline.toMillis()),
                    "100ms to 5m");
            expect(topic.matches(Writing.TOPIC), "logAnswers", topic, NAME);
        }

        /**
         * Logs answers without the fields of their requests, which do not wait.
         *
         * @param share of the ids to log, in (0, 1]
         */
        public Answers(String topic, double share) {
            this(topic, new AnswerPolicy(share, LoggedFields.NONE, null));
        }
    }

    public static ServerOptions of(String bootstrapServers) {
        return new ServerOptions(
                new Kafka(bootstrapServers, Topics.DEFAULT_PREFIX, Map.of()),
                new Endpoint(DEFAULT_HOST, DEFAULT_PORT, List.of(), null, Set.of()),
                Limits.of(DEFAULT_MAXIMUM_ROWS, DEFAULT_MAXIMUM_BODY_BYTES),
                Serving.DEFAULT,
                Writing.NONE,
                null);
    }

    public ServerOptions withPrefix(String value) {
        return withKafka(new Kafka(kafka.bootstrapServers, value, kafka.settings));
    }

    public ServerOptions withKafka(Map<String, String> settings) {
        return withKafka(new Kafka(kafka.bootstrapServers, kafka.prefix, settings));
    }

    private ServerOptions withKafka(Kafka value) {
        return new ServerOptions(value, endpoint, limits, serving, writing, flinkUrl);
    }

    public ServerOptions withAddress(String host, int port) {
        return withEndpoint(new Endpoint(host, port, endpoint.tokens, endpoint.tls, endpoint.allowedHosts));
    }

    /** Returns options with one token, which has all roles. */
    public ServerOptions withToken(String value) {
        return withTokens(List.of(AccessToken.of(value)));
    }

    public ServerOptions withTokens(List<AccessToken> value) {
        return withEndpoint(new Endpoint(endpoint.host, endpoint.port, value, endpoint.tls, endpoint.allowedHosts));
    }

    public ServerOptions withTls(@Nullable Tls value) {
        return withEndpoint(new Endpoint(endpoint.host, endpoint.port, endpoint.tokens, value, endpoint.allowedHosts));
    }

    public ServerOptions withAllowedHosts(Set<String> value) {
        return withEndpoint(new Endpoint(endpoint.host, endpoint.port, endpoint.tokens, endpoint.tls, value));
    }

    public ServerOptions withEndpoint(Endpoint value) {
        return new ServerOptions(kafka, value, limits, serving, writing, flinkUrl);
    }

    public ServerOptions withLimits(Limits value) {
        return new ServerOptions(kafka, endpoint, value, serving, writing, flinkUrl);
    }

    public ServerOptions withServing(Serving value) {
        return new ServerOptions(kafka, endpoint, limits, value, writing, flinkUrl);
    }

    public ServerOptions withWriting(Writing value) {
        return new ServerOptions(kafka, endpoint, limits, serving, value, flinkUrl);
    }

    public ServerOptions withFlinkUrl(@Nullable String value) {
        return new ServerOptions(kafka, endpoint, limits, serving, writing, value);
    }

    /** Omits possible secrets: the tokens, and the values of the Kafka settings. */
    @Override
    public String toString() {
        return "ServerOptions[" + kafka + ", " + endpoint + "]";
    }
}
