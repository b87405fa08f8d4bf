package io.freshet.job.registry;

import java.io.Serializable;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Where a schema registry is, and what it wants to know of who asks. Its text shows no secret.
 *
 * @param url {@code http} or {@code https}, without a slash at the end
 * @param authorization value of the header {@code Authorization}, or null for none
 */
public record RegistryAddress(URI url, @Nullable String authorization) implements Serializable {
    /** @throws IllegalArgumentException if the URL is none; the message does not quote it, as it may hold a password */
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
            // Said below, without the cause, which quotes it.
        }
        throw new IllegalArgumentException("no such URL (expected: http://HOST:PORT or https://HOST:PORT, a path behind"
                + " it or not, without user and password)");
    }

    private static String basic(String user) {
        return "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
    }

    private static @Nullable String bearer(@Nullable String token) {
        return token == null ? null : "Bearer " + token;
    }

    /** Returns the address of what is at a path, which begins with a slash and is encoded. */
    URI at(String path) {
        return URI.create(url + path);
    }

    @Override
    public String toString() {
        return url.toString();
    }
}
