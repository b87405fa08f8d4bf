package io.freshet.server.http;

import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The cookie of a browser whose user has typed the token. Its value is derived from the token, so it is valid on every
 * server with the same one, also after a restart, but it does not contain the token.
 *
 * <p>Scripts cannot read it, and other sites cannot send it. Since the latter depends on the browser, requests that change
 * something must also name this server as their origin.
 */
public final class PageSession {
    private static final String NAME = "freshet-session";
    private static final String ALGORITHM = "HmacSHA256";
    private static final Set<HttpMethod> SAFE = Set.of(HttpMethod.GET, HttpMethod.HEAD);

    private final String value;
    private final boolean secure;

    /** @param secure whether the server speaks TLS */
    public PageSession(String token, boolean secure) {
        value = derive(token);
        this.secure = secure;
    }

    /** Returns a cookie that lasts until the browser is closed. */
    public Cookie cookie() {
        return Cookie.cookie(NAME, value)
                .setPath("/")
                .setHttpOnly(true)
                .setSecure(secure)
                .setSameSite(CookieSameSite.STRICT);
    }

    /** Returns whether a request has the cookie. */
    boolean isSignedIn(HttpServerRequest request) {
        Cookie cookie = request.getCookie(NAME);
        return cookie != null && MessageDigest.isEqual(bytes(cookie.getValue()), bytes(value));
    }

    /** Returns whether a request changes nothing, or comes from a page of this server. */
    static boolean isFromHere(HttpServerRequest request) {
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        return SAFE.contains(request.method())
                || (origin != null
                        && request.authority() != null
                        && origin.replaceFirst("^https?://", "")
                                .equals(request.authority().toString()));
    }

    private static String derive(String token) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(bytes(token), ALGORITHM));
            return HexFormat.of().formatHex(mac.doFinal(bytes(NAME)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
