package io.freshet.learning.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PluralTest {
    @Test
    void only_one_is_singular() {
        assertThat(Plural.of(0, "sample")).isEqualTo("0 samples");
        assertThat(Plural.of(1, "sample")).isEqualTo("1 sample");
        assertThat(Plural.of(2_000, "sample")).isEqualTo("2,000 samples");
        assertThat(Plural.of(2, "key")).isEqualTo("2 keys");
        assertThat(Plural.of(2, "query")).isEqualTo("2 queries");
        assertThat(Plural.noun(1, "version")).isEqualTo("version");
    }
}
