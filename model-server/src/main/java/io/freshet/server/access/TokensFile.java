package io.freshet.server.access;

import io.freshet.learning.yaml.Mapping;
import io.freshet.learning.yaml.Names;
import io.freshet.learning.yaml.SpecException;
import io.freshet.learning.yaml.YamlDocument;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads a file of tokens: {@code NAME: {token: SECRET, roles: [predict, learn, admin]}}. Messages never contain a secret.
 */
public final class TokensFile {
    private TokensFile() {}

    /**
     * Returns the tokens in the content of a file.
     *
     * @throws SpecException naming the field that is invalid
     */
    public static List<AccessToken> parse(String yaml) {
        return tokens(YamlDocument.load(yaml));
    }

    private static List<AccessToken> tokens(Object document) {
        if (!(document instanceof Map<?, ?> names)) {
            throw new SpecException("not a mapping (expected: {name: {token: ..., roles: [...]}})");
        }
        List<AccessToken> tokens = new ArrayList<>();
        Set<String> secrets = new HashSet<>();
        for (Object name : names.keySet()) {
            if (!(name instanceof String) || !(names.get(name) instanceof Map<?, ?> fields)) {
                throw new SpecException(name + ": not a mapping (expected: {token: ..., roles: [...]})");
            }
            AccessToken token = token(name.toString(), fields);
            if (!secrets.add(token.token())) {
                throw new SpecException(name + ".token: the token of another name too (expected: each token once)");
            }
            tokens.add(token);
        }
        return tokens;
    }

    private static AccessToken token(String name, Map<?, ?> fields) {
        Mapping in = Mapping.of(name, fields);
        in.rejectAllBut(List.of("token", "roles"));
        // The text of a number, such as 1e5, is not what the file has.
        if (!(fields.get("token") instanceof String token) || token.isBlank()) {
            throw new SpecException(name + ".token: not a text (expected: a secret, in quotes)");
        }
        Object given = fields.get("roles");
        List<Role> roles =
                given == null ? List.of() : Names.someOf(Role.byName()).parse(in, in.path("roles"), given);
        return new AccessToken(name, token.strip(), Set.copyOf(roles));
    }
}
