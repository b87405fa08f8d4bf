package io.freshet.server.access;

import io.freshet.server.body.RequestException;
import io.freshet.server.body.Responses;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Rejects REST requests whose token, or the cookie of a browser that has sent it, does not permit them. The health routes
 * and those for signing in need none.
 */
public final class AccessHandler implements Handler<RoutingContext> {
    /** Where the page that asks for the token is. */
    public static final String SIGN_IN = "/ui/sign-in";

    private static final String SESSION = "/ui/session";
    private static final Set<String> SIGN_IN_PATHS = Set.of(SIGN_IN, "/ui/sign-in.js", "/ui/base.css", "/favicon.ico");
    /** The path of a request that only reads, although its method is POST. */
    private static final String INDEX = "/v2/repository/index";

    private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD);
    private static final Pattern MODEL = Pattern.compile("/v2/models/.+/(infer|learn|feedback)/?");
    /** Some clients encode the colon. */
    private static final Pattern PREDICT = Pattern.compile("/v1/models/.+(:|%3[Aa])predict/?");

    private final Access access;
    private final PageSession session;
    private final Responses responses;

    /** @param secure whether the server speaks TLS */
    public AccessHandler(Access access, boolean secure, Responses responses) {
        this.access = access;
        this.responses = responses;
        session = new PageSession(access, secure);
    }

    /** Adds the check of all requests, and the routes that exchange a token for a cookie, and delete the cookie. */
    public void mount(Router router) {
        if (!access.isUnrestricted()) {
            router.route().handler(this);
            router.post(SESSION).handler(this::signIn);
            router.delete(SESSION).handler(this::signOut);
        }
        router.get(SESSION)
                .method(HttpMethod.HEAD)
                .handler(context -> responses.json(
                        context.request(),
                        new JsonObject().put("signed_in", session.token(context.request()) != null)));
    }

    private void signIn(RoutingContext context) {
        AccessToken token = token(context.request());
        if (token != null) {
            context.response().addCookie(session.cookie(token));
        }
        context.response().setStatusCode(204);
        responses.end(context.request());
    }

    private void signOut(RoutingContext context) {
        context.response().addCookie(PageSession.expired()).setStatusCode(204);
        responses.end(context.request());
    }

    @Override
    public void handle(RoutingContext context) {
        try {
            String path = context.normalizedPath();
            if (HealthCheck.isAt(path) || SIGN_IN_PATHS.contains(path) || isPermitted(context)) {
                context.next();
            }
        } catch (RequestException e) {
            context.fail(e);
        }
    }

    /**
     * Checks a request whose path is normalized.
     *
     * @throws RequestException if its token does not permit it
     */
    public void require(HttpServerRequest request) throws RequestException {
        if (!access.isUnrestricted()) {
            require(request, request.path());
        }
    }

    /** Returns false if a browser was sent to the page that asks for the token. */
    private boolean isPermitted(RoutingContext context) throws RequestException {
        HttpServerRequest request = context.request();
        try {
            require(request, context.normalizedPath());
            return true;
        } catch (RequestException e) {
            if (e.status() != 401 || !asksForPage(request)) {
                throw e;
            }
            String page = SIGN_IN + "?to=" + URLEncoder.encode(request.uri(), StandardCharsets.UTF_8);
            context.response().setStatusCode(302).putHeader(HttpHeaders.LOCATION, page);
            responses.end(request);
            return false;
        }
    }

    private void require(HttpServerRequest request, String path) throws RequestException {
        AccessToken token = token(request);
        AccessToken signedIn = token == null ? session.token(request) : null;
        if (signedIn != null && !reads(request.method()) && !request.headers().contains(HttpHeaders.ORIGIN)) {
            throw RequestException.of(403, "Origin: missing (expected: this server, since the request has a cookie)");
        }
        access.require(token == null ? signedIn : token, role(request.method(), path));
    }

    private @Nullable AccessToken token(HttpServerRequest request) {
        return access.find(request.getHeader(HttpHeaders.AUTHORIZATION));
    }

    private static boolean asksForPage(HttpServerRequest request) {
        String accepted = request.getHeader(HttpHeaders.ACCEPT);
        return request.method() == HttpMethod.GET && accepted != null && accepted.contains("text/html");
    }

    /** Returns the role that a request needs; null if it only reads. What is not known changes the server. */
    static @Nullable Role role(HttpMethod method, String path) {
        if (reads(method) || path.equals(INDEX) || path.equals(SESSION)) {
            return null;
        }
        Matcher model = MODEL.matcher(path);
        if (!model.matches()) {
            return PREDICT.matcher(path).matches() ? Role.PREDICT : Role.ADMIN;
        }
        return model.group(1).equals("infer") ? Role.PREDICT : Role.LEARN;
    }

    /** Returns whether a request changes the server or a session. What is not known does. */
    static boolean changes(HttpMethod method, String path) {
        Role role = role(method, path);
        return path.equals(SESSION) ? !reads(method) : role == Role.LEARN || role == Role.ADMIN;
    }

    static boolean reads(HttpMethod method) {
        return READING.contains(method);
    }
}
