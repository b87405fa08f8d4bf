package io.freshet.server.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Rejects requests without the token, except on the two health routes. Compares tokens in constant time. */
public final class BearerToken implements Handler<RoutingContext> {
    private static final String SCHEME = "Bearer ";
    private static final Set<String> PUBLIC_PATHS = Set.of("/v2/health/live", "/v2/health/ready");

    private final byte[] token;

    public BearerToken(String token) {
        this.token = token.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void handle(RoutingContext context) {
        if (PUBLIC_PATHS.contains(context.normalizedPath())
                || allows(context.request().getHeader(HttpHeaders.AUTHORIZATION))) {
            context.next();
        } else {
            context.fail(401);
        }
    }

    /** Returns whether the value of the header {@code authorization} has the token. */
    public boolean allows(@Nullable String header) {
        return header != null
                && header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                && MessageDigest.isEqual(
                        token, header.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8));
    }
}
