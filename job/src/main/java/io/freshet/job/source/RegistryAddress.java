package io.freshet.job.source;

import java.io.Serializable;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The URL and credentials of a schema registry. {@link #toString} omits the credentials.
 *
 * @param url {@code http} or {@code https}, without a trailing slash
 * @param authorization value of the {@code Authorization} header, or null
 */
public record RegistryAddress(URI url, @Nullable String authorization) implements Serializable {
    /** @throws IllegalArgumentException if the URL is invalid; the message does not quote it, since it may contain a password */
    public static RegistryAddress of(String url, @Nullable String user, @Nullable String token) {
        if (user != null && token != null) {
            throw new IllegalArgumentException("both a user and a token (expected: one of them)");
        }
        if (user != null && user.indexOf(':') < 1) {
            throw new IllegalArgumentException("user: no colon (expected: USER:PASSWORD)");
        }
        return new RegistryAddress(uri(url), user == null ? bearer(token) : basic(user));
    }

    private static URI uri(String url) {
        try {
            URI uri = new URI(url.replaceFirst("/+$", ""));
            boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (http && uri.getHost() != null && uri.getUserInfo() == null && uri.getQuery() == null) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // Reported below without the cause, which quotes the URL.
        }
        throw new IllegalArgumentException(
                "invalid URL (expected: http://HOST:PORT or https://HOST:PORT, with or without a"
                        + " path, without user and password)");
    }

    private static String basic(String user) {
        return "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
    }

    private static @Nullable String bearer(@Nullable String token) {
        return token == null ? null : "Bearer " + token;
    }

    /** Returns the URL of an encoded path that starts with a slash. */
    URI at(String path) {
        return URI.create(url + path);
    }

    @Override
    public String toString() {
        return url.toString();
    }
}
