package io.freshet.server.access;

import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The cookie of a browser whose user has typed a token. Its value is derived from the token, so it is valid on every
 * server with the same one, also after a restart, but it does not contain the token.
 *
 * <p>Scripts cannot read it, and other sites cannot send it. Since the latter depends on the browser, requests that change
 * something must also have an origin, which {@link RequestGuard} checks.
 */
final class PageSession {
    private static final String NAME = "freshet-session";
    private static final String ALGORITHM = "HmacSHA256";

    private final Access access;
    private final boolean secure;
    private final Map<AccessToken, String> values;

    /** @param secure whether the server speaks TLS */
    PageSession(Access access, boolean secure) {
        this.access = access;
        this.secure = secure;
        values = access.tokens().stream().collect(Collectors.toMap(token -> token, token -> derive(token.token())));
    }

    /** Returns a cookie that lasts until the browser is closed. */
    Cookie cookie(AccessToken token) {
        return Cookie.cookie(NAME, value(token))
                .setPath("/")
                .setHttpOnly(true)
                .setSecure(secure)
                .setSameSite(CookieSameSite.STRICT);
    }

    /** Returns a cookie that replaces the one of {@link #cookie} and ends at once. */
    static Cookie expired() {
        return Cookie.cookie(NAME, "").setPath("/").setHttpOnly(true).setMaxAge(0);
    }

    /** Returns the token whose cookie a request has, or null. */
    @Nullable AccessToken token(HttpServerRequest request) {
        Cookie cookie = request.getCookie(NAME);
        return cookie == null ? null : access.find(cookie.getValue(), this::value);
    }

    private String value(AccessToken token) {
        return Objects.requireNonNull(values.get(token));
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
