package io.freshet.server.access;

import io.freshet.server.body.RequestException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Decides who may do what. Without tokens, any client may do everything, but a client on another host may not change what
 * the server serves. Compares secrets in constant time. Thread-safe.
 */
public final class Access {
    private static final String SCHEME = "Bearer ";

    private final List<AccessToken> tokens;
    private final boolean open;

    /** @param open whether other hosts can connect without a token */
    public Access(List<AccessToken> tokens, boolean open) {
        this.tokens = List.copyOf(tokens);
        this.open = open;
    }

    /** Returns whether every client may do everything. */
    public boolean isUnrestricted() {
        return tokens.isEmpty() && !open;
    }

    List<AccessToken> tokens() {
        return tokens;
    }

    /** Returns the token in a header {@code authorization}, or null if there is none that the server knows. */
    public @Nullable AccessToken find(@Nullable String header) {
        return header != null && header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                ? find(header.substring(SCHEME.length()).strip(), AccessToken::token)
                : null;
    }

    /** Returns the token whose secret is the given one, in time that does not depend on how much of it is right. */
    @Nullable AccessToken find(String given, Function<AccessToken, String> secret) {
        byte[] bytes = given.getBytes(StandardCharsets.UTF_8);
        AccessToken found = null;
        for (AccessToken token : tokens) {
            if (MessageDigest.isEqual(secret.apply(token).getBytes(StandardCharsets.UTF_8), bytes)) {
                found = token;
            }
        }
        return found;
    }

    /**
     * Checks a request.
     *
     * @param token that the request has, or null
     * @param role that the request needs, or null if it only reads
     * @throws RequestException 401 without a token; 403 if the token does not have the role
     */
    public void require(@Nullable AccessToken token, @Nullable Role role) throws RequestException {
        if (tokens.isEmpty()) {
            if (open && role == Role.ADMIN) {
                throw RequestException.of(
                        403,
                        "Authorization: the server has no token (expected: a server with a token, or one that only this"
                                + " host can reach, to change what it serves)");
            }
        } else if (token == null) {
            throw RequestException.of(
                    401, "Authorization: missing or wrong (expected: Bearer followed by the server's token)");
        } else if (role != null && !token.roles().contains(role)) {
            throw RequestException.of(
                    403,
                    "Authorization: " + token.name() + " has " + roles(token) + " (expected: the role " + role + ")");
        }
    }

    private static String roles(AccessToken token) {
        return token.roles().isEmpty()
                ? "no role"
                : token.roles().stream()
                        .sorted()
                        .map(Role::toString)
                        .collect(Collectors.joining(", ", "the roles ", ""));
    }
}
