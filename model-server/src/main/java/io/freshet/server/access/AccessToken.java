package io.freshet.server.access;

import java.util.EnumSet;
import java.util.Set;

/**
 * A secret that requests send, and what it permits.
 *
 * @param name for messages
 * @param token the secret
 * @param roles what the token permits, besides reading
 */
public record AccessToken(String name, String token, Set<Role> roles) {
    public AccessToken {
        roles = Set.copyOf(roles);
        if (token.isBlank()) {
            throw new IllegalArgumentException("token " + name + ": blank (expected: a secret)");
        }
    }

    /** Returns a token with all roles. */
    public static AccessToken of(String token) {
        return new AccessToken("token", token, EnumSet.allOf(Role.class));
    }

    /** Omits the secret. */
    @Override
    public String toString() {
        return name + roles;
    }
}
