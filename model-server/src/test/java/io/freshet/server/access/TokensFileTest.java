package io.freshet.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.yaml.SpecException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokensFileTest {
    @Test
    void a_token_has_a_name_and_roles() {
        assertThat(TokensFile.parse("""
                        operator: {token: "0123", roles: [admin, predict]}
                        prometheus: {token: " b\\n"}
                        """))
                .containsExactly(
                        new AccessToken("operator", "0123", Set.of(Role.ADMIN, Role.PREDICT)),
                        new AccessToken("prometheus", "b", Set.of()));
    }

    /** A token without quotes may be a number, whose text is not the token: 1e5 is 100000.0. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            a: {token: 1e5}                      | a.token: not a text (expected: a secret, in quotes)
            a: {token: ' '}                      | a.token: not a text (expected: a secret, in quotes)
            a: {roles: [predict]}                | a.token: not a text (expected: a secret, in quotes)
            a: 0123                              | a: not a mapping (expected: {token: ..., roles: [...]})
            0123                                 | not a mapping (expected: {name: {token: ..., roles: [...]}})
            a: {token: x0123, role: [predict]}   | a.role: unknown field (expected: roles?)
            a: {token: x0123, roles: [predct]}   | a.roles[0]: predct (expected: one of admin, learn, predict; did you mean predict?)
            a: {token: x0123, roles: []}         | a.roles: [] (expected: a list of admin, learn, predict)
            {a: {token: x0123}, b: {token: x0123}} | b.token: the token of another name too (expected: each token once)
            """)
    void names_what_is_invalid_but_no_secret(String yaml, String message) {
        assertThatThrownBy(() -> TokensFile.parse(yaml))
                .isInstanceOf(SpecException.class)
                .hasMessage(message)
                .message()
                .doesNotContain("0123");
    }
}
