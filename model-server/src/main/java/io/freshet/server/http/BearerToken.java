package io.freshet.server.http;

import io.freshet.server.request.Excerpt;
import io.freshet.server.request.RequestException;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rejects requests with neither the token nor the cookie of a browser that has sent it, except on the two health routes and
 * for signing in. Compares tokens in constant time.
 */
public final class BearerToken implements Handler<RoutingContext> {
    /** Where the page that asks for the token is. */
    public static final String SIGN_IN = "/ui/sign-in";

    private static final String SESSION = "/ui/session";
    private static final String SCHEME = "Bearer ";
    private static final Set<String> PUBLIC_PATHS =
            Set.of("/v2/health/live", "/v2/health/ready", SIGN_IN, "/ui/sign-in.js", "/ui/page.css", "/favicon.ico");

    private final byte[] token;
    private final PageSession session;

    /** @param secure whether the server speaks TLS */
    public BearerToken(String token, boolean secure) {
        this.token = token.getBytes(StandardCharsets.UTF_8);
        session = new PageSession(token, secure);
    }

    /** Adds the check of all requests, and the route that exchanges the token for the cookie. */
    public void mount(Router router) {
        router.route().handler(this);
        router.post(SESSION)
                .handler(context -> context.response()
                        .addCookie(session.cookie())
                        .setStatusCode(204)
                        .end());
    }

    @Override
    public void handle(RoutingContext context) {
        if (PUBLIC_PATHS.contains(context.normalizedPath())
                || allows(context.request().getHeader(HttpHeaders.AUTHORIZATION))) {
            context.next();
        } else if (!session.isSignedIn(context.request())) {
            reject(context);
        } else if (PageSession.isFromHere(context.request())) {
            context.next();
        } else {
            context.fail(RequestException.of(
                    403,
                    "Origin: "
                            + Excerpt.name(String.valueOf(context.request().getHeader(HttpHeaders.ORIGIN)))
                            + " (expected: this server, since the request has a cookie)"));
        }
    }

    /** Sends readers of a page to where they can sign in. */
    private static void reject(RoutingContext context) {
        String accepted = context.request().getHeader(HttpHeaders.ACCEPT);
        if (context.request().method() == HttpMethod.GET && accepted != null && accepted.contains("text/html")) {
            context.redirect(SIGN_IN);
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
