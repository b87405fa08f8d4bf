package io.freshet.server;

import io.freshet.schemas.topic.Topics;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The options of a model server. {@link #of} returns working defaults; each {@code with...} method changes one option.
 *
 * @param bootstrapServers Kafka brokers, {@code host:port,...}
 * @param prefix the topics are {@code <prefix>.parameters}, {@code <prefix>.parameters-committed} and
 *     {@code <prefix>.metrics}
 * @param host address to listen on
 * @param port to listen on, or 0 for any free port
 * @param token bearer token that requests must send, or null for none
 * @param tls certificate and key, or null for plain HTTP
 * @param maximumRows rows of one request, at least 1
 * @param maximumBodyBytes body size of one request, at least 1
 * @param flinkUrl URL of Flink's web UI that the page links to, or null
 * @param kafka consumer settings under Kafka's names; may contain secrets
 */
public record ServerOptions(
        String bootstrapServers,
        String prefix,
        String host,
        int port,
        @Nullable String token,
        @Nullable Tls tls,
        int maximumRows,
        int maximumBodyBytes,
        @Nullable String flinkUrl,
        Map<String, String> kafka) {

    public static final int DEFAULT_PORT = 8000;
    public static final String DEFAULT_HOST = "127.0.0.1";
    public static final String DEFAULT_PREFIX = Topics.DEFAULT_PREFIX;
    public static final int DEFAULT_MAXIMUM_ROWS = 10_000;
    public static final int DEFAULT_MAXIMUM_BODY_BYTES = 4 << 20;

    /** @throws IllegalArgumentException naming the invalid option */
    public ServerOptions {
        kafka = Map.copyOf(kafka);
        expect(!bootstrapServers.isBlank(), "bootstrapServers", bootstrapServers, "host:port");
        expect(prefix.matches("[A-Za-z0-9._-]{1,200}"), "prefix", prefix, "letters, digits, . _ -");
        expect(port >= 0 && port <= 65535, "port", port, "0 to 65535");
        expect(token == null || !token.isBlank(), "token", "blank", "a secret");
        expect(maximumRows >= 1, "maximumRows", maximumRows, "at least 1");
        expect(maximumBodyBytes >= 1, "maximumBodyBytes", maximumBodyBytes, "at least 1");
        expect(
                flinkUrl == null || flinkUrl.matches("https?://[^\\s\"'<>]+"),
                "flinkUrl",
                String.valueOf(flinkUrl),
                "http://host:port");
    }

    /**
     * The server's TLS identity.
     *
     * @param certificate certificate chain, PEM
     * @param key private key, PKCS 8, PEM
     */
    public record Tls(Path certificate, Path key) {}

    public static ServerOptions of(String bootstrapServers) {
        return new ServerOptions(
                bootstrapServers,
                DEFAULT_PREFIX,
                DEFAULT_HOST,
                DEFAULT_PORT,
                null,
                null,
                DEFAULT_MAXIMUM_ROWS,
                DEFAULT_MAXIMUM_BODY_BYTES,
                null,
                Map.of());
    }

    public ServerOptions withPrefix(String value) {
        return new ServerOptions(
                bootstrapServers, value, host, port, token, tls, maximumRows, maximumBodyBytes, flinkUrl, kafka);
    }

    public ServerOptions withAddress(String newHost, int newPort) {
        return new ServerOptions(
                bootstrapServers, prefix, newHost, newPort, token, tls, maximumRows, maximumBodyBytes, flinkUrl, kafka);
    }

    public ServerOptions withToken(@Nullable String value) {
        return new ServerOptions(
                bootstrapServers, prefix, host, port, value, tls, maximumRows, maximumBodyBytes, flinkUrl, kafka);
    }

    public ServerOptions withTls(@Nullable Tls value) {
        return new ServerOptions(
                bootstrapServers, prefix, host, port, token, value, maximumRows, maximumBodyBytes, flinkUrl, kafka);
    }

    public ServerOptions withLimits(int rows, int bodyBytes) {
        return new ServerOptions(bootstrapServers, prefix, host, port, token, tls, rows, bodyBytes, flinkUrl, kafka);
    }

    public ServerOptions withFlinkUrl(@Nullable String value) {
        return new ServerOptions(
                bootstrapServers, prefix, host, port, token, tls, maximumRows, maximumBodyBytes, value, kafka);
    }

    public ServerOptions withKafka(Map<String, String> value) {
        return new ServerOptions(
                bootstrapServers, prefix, host, port, token, tls, maximumRows, maximumBodyBytes, flinkUrl, value);
    }

    public String parametersTopic() {
        return Topics.of(prefix).parameters();
    }

    /** Returns the topic of the committed lane; it need not exist. */
    public String committedTopic() {
        return Topics.of(prefix).committed();
    }

    public String metricsTopic() {
        return Topics.of(prefix).metrics();
    }

    /** Omits possible secrets: the token and the values of the Kafka settings. */
    @Override
    public String toString() {
        return "ServerOptions[" + bootstrapServers + ", prefix=" + prefix + ", " + host + ":" + port + ", token="
                + (token == null ? "none" : "given") + ", tls=" + (tls == null ? "none" : tls.certificate())
                + ", kafka="
                + kafka.keySet() + "]";
    }

    private static void expect(boolean holds, String option, Object value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(option + ": " + value + " (expected: " + expected + ")");
        }
    }
}
