package io.freshet.server.access;

import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a token permits, besides reading. */
public enum Role {
    /** To request predictions. */
    PREDICT,
    /** To send rows to learn, and outcomes. */
    LEARN,
    /** To change what the server serves. */
    ADMIN;

    /** Returns all roles by name. */
    static SortedMap<String, Role> byName() {
        SortedMap<String, Role> roles = new TreeMap<>();
        for (Role role : values()) {
            roles.put(role.toString(), role);
        }
        return roles;
    }

    /** Returns the name, as in the file of tokens. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
