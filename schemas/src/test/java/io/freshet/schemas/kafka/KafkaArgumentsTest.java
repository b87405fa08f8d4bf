package io.freshet.schemas.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KafkaArgumentsTest {
    @Test
    void rewrites_settings_as_one_option() {
        assertThat(KafkaArguments.expand("get", "--kafka.a.b=c=d", "--kafka", "e=f", "--kafka.broken", "--kafka."))
                .containsExactly("get", "--kafka", "a.b=c=d", "--kafka", "e=f", "--kafka", "broken", "--kafka", "");
    }

    @Test
    void keeps_arguments_after_the_end_of_options() {
        assertThat(KafkaArguments.expand("get", "--kafka.a.b=c=d", "--prefix", "p", "--", "--kafka.e=f"))
                .containsExactly("get", "--kafka", "a.b=c=d", "--prefix", "p", "--", "--kafka.e=f");
    }
}
