package io.freshet.server;

import io.freshet.learning.yaml.SpecException;
import io.freshet.server.access.AccessToken;
import io.freshet.server.access.TokensFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of the server's tokens and of TLS. */
final class SecurityOptions {
    private static final String TOKEN_VARIABLE = "FRESHET_TOKEN";

    @Option(
            names = "--token-file",
            paramLabel = "<file>",
            description = "File with the bearer token that requests must send; or set FRESHET_TOKEN to the token.")
    private @Nullable Path tokenFile;

    @Option(
            names = "--tokens",
            paramLabel = "<file>",
            description = "YAML file with tokens that have names and roles: name: {token: <secret>, roles: [predict]}."
                    + " Roles are predict, learn, and admin; every token may read.")
    private @Nullable Path tokens;

    @Option(
            names = "--allowed-hosts",
            split = ",",
            paramLabel = "<name>",
            description = "Names by which clients address the server without a token, separated by commas, besides"
                    + " localhost and IP addresses. Others may be those of a web page that attacks it.")
    private Set<String> allowedHosts = new LinkedHashSet<>();

    @Option(names = "--tls-certificate", paramLabel = "<file>", description = "Certificate chain, PEM.")
    private @Nullable Path tlsCertificate;

    @Option(names = "--tls-key", paramLabel = "<file>", description = "Private key, PKCS #8, PEM.")
    private @Nullable Path tlsKey;

    /**
     * Returns the tokens of all options and of the variable of the token.
     *
     * @throws IllegalArgumentException naming the option that is invalid
     */
    List<AccessToken> tokens(Map<String, String> environment) {
        List<AccessToken> all = new ArrayList<>();
        String token = tokenFile == null ? environment.get(TOKEN_VARIABLE) : text("tokenFile", tokenFile);
        if (token != null && token.isBlank()) {
            throw new IllegalArgumentException(
                    (tokenFile == null ? TOKEN_VARIABLE : "tokenFile") + ": blank (expected: a secret)");
        }
        if (token != null) {
            all.add(AccessToken.of(token.strip()));
        }
        if (tokens != null) {
            all.addAll(named(tokens));
        }
        return all;
    }

    Set<String> allowedHosts() {
        return allowedHosts;
    }

    private static List<AccessToken> named(Path file) {
        try {
            return TokensFile.parse(text("tokens", file));
        } catch (SpecException e) {
            throw new IllegalArgumentException("tokens: " + file + ": " + e.getMessage(), e);
        }
    }

    private static String text(String option, Path file) {
        try {
            return Files.readString(readable(option, file));
        } catch (IOException e) {
            throw new IllegalArgumentException(option + ": " + file + " (expected: a file with text in UTF-8)", e);
        }
    }

    /** @throws IllegalArgumentException if only one of the files is given, or cannot be read */
    ServerOptions.@Nullable Tls tls() {
        if (tlsCertificate == null && tlsKey == null) {
            return null;
        }
        if (tlsCertificate == null || tlsKey == null) {
            throw new IllegalArgumentException(
                    (tlsKey == null ? "tlsKey" : "tlsCertificate") + ": missing (expected: both or neither)");
        }
        return new ServerOptions.Tls(readable("tlsCertificate", tlsCertificate), readable("tlsKey", tlsKey));
    }

    private static Path readable(String option, Path file) {
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            throw new IllegalArgumentException(option + ": " + file + " (expected: a readable file)");
        }
        return file;
    }
}
