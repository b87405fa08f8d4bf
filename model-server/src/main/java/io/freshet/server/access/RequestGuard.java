package io.freshet.server.access;

import io.freshet.server.body.MediaType;
import io.freshet.server.body.RequestException;
import io.freshet.server.body.RequestExcerpt;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Rejects what a browser sends for a page of another site. Such a page may reach a server that no other host reaches, and
 * the browser adds the cookie of a user.
 *
 * <ul>
 *   <li>The host must be one of the {@link AllowedHosts}, unless the request has a token, which no browser adds by itself, or is
 *       a {@link HealthCheck}.
 *   <li>An origin must be the host, or have a configured name. Browsers send the origin of the page with each request to another
 *       site, except those to read that ignore the answer.
 *   <li>Those have {@code Sec-Fetch-Site} instead. Only a link may lead here.
 *   <li>What changes the server must be JSON, which browsers send to another site only if it agrees, and this server never
 *       does. Methods other than POST need the same agreement.
 * </ul>
 *
 * @see <a href="https://fetch.spec.whatwg.org/#http-cors-protocol">Fetch, CORS protocol</a>
 */
public final class RequestGuard {
    private static final String FETCH_SITE = "Sec-Fetch-Site";
    private static final Pattern PAGE = Pattern.compile("https?://(.+)");
    private static final String OPTION = "a name of --allowed-hosts";

    private final Access access;
    private final AllowedHosts hosts;

    public RequestGuard(Access access, AllowedHosts hosts) {
        this.access = access;
        this.hosts = hosts;
    }

    /**
     * Checks where a request of any protocol comes from.
     *
     * @throws RequestException 421 if its host is not one of this server, 403 if it comes from another site
     */
    public void check(HttpServerRequest request) throws RequestException {
        String host = host(request);
        if (host != null && !isTrusted(request) && !HealthCheck.isAt(request.path())) {
            throw RequestException.of(
                    421,
                    "Host: " + RequestExcerpt.name(host) + " (expected: an IP address, localhost, " + OPTION
                            + ", or a token)");
        }
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin == null) {
            checkSite(request);
        } else if (!isOwn(origin, host)) {
            throw RequestException.of(
                    403,
                    "Origin: " + RequestExcerpt.name(origin) + " (expected: a page of "
                            + (host == null ? "this server" : RequestExcerpt.name(host)) + ", or of " + OPTION + ")");
        }
    }

    /** Returns whether a request names this server or has a token, which the page of whoever bound a name to it does not. */
    public boolean isTrusted(HttpServerRequest request) {
        String host = host(request);
        return host == null || hosts.allows(host) || access.find(request.getHeader(HttpHeaders.AUTHORIZATION)) != null;
    }

    private boolean isOwn(String origin, @Nullable String host) {
        Matcher page = PAGE.matcher(origin);
        return page.matches()
                && (page.group(1).equalsIgnoreCase(host)
                        || hosts.isConfigured(page.group(1), host == null ? "" : host));
    }

    private static void checkSite(HttpServerRequest request) throws RequestException {
        String site = request.getHeader(FETCH_SITE);
        boolean other = site != null && !site.equals("same-origin") && !site.equals("none");
        boolean link = "navigate".equals(request.getHeader("Sec-Fetch-Mode")) && AccessHandler.reads(request.method());
        if (other && !link) {
            throw RequestException.of(
                    403, FETCH_SITE + ": " + RequestExcerpt.name(site) + " (expected: same-origin or none)");
        }
    }

    /** Returns the host that a request names, or null; browsers always name one. */
    private static @Nullable String host(HttpServerRequest request) {
        String header = request.getHeader(HttpHeaders.HOST);
        return header != null || request.authority() == null
                ? header
                : request.authority().toString();
    }

    /** Adds the check of the content type, before all routes. */
    public void mount(Router router) {
        // Of any method: a route of some methods only would make unknown paths respond with 405 to the others.
        router.route().handler(this::requireJson);
    }

    private void requireJson(RoutingContext context) {
        String type = context.request().getHeader(HttpHeaders.CONTENT_TYPE);
        if (context.request().method() == HttpMethod.POST
                && AccessHandler.changes(HttpMethod.POST, context.normalizedPath())
                && !MediaType.isJson(type)) {
            context.fail(RequestException.of(
                    415,
                    "Content-Type: " + (type == null ? "missing" : RequestExcerpt.name(type))
                            + " (expected: application/json)"));
        } else {
            context.next();
        }
    }
}
