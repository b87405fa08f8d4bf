package io.freshet.cli.dev;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Would catch a command to paste that writes to another cluster. */
class GreetingTest {
    @Test
    void commands_name_the_broker_unless_they_use_it_anyway() {
        assertThat(Greeting.brokerOption("127.0.0.1:9092", null)).isEmpty();
        assertThat(Greeting.brokerOption("127.0.0.1:9092", "")).isEmpty();
        assertThat(Greeting.brokerOption("127.0.0.1:9092", "localhost:9092")).isEmpty();
        assertThat(Greeting.brokerOption("127.0.0.1:9099", "127.0.0.1:9099")).isEmpty();
        assertThat(Greeting.brokerOption("127.0.0.1:9099", null)).isEqualTo(" --bootstrap-servers 127.0.0.1:9099");
    }

    @Test
    void commands_name_the_default_broker_if_the_variable_names_another() {
        assertThat(Greeting.brokerOption("127.0.0.1:9092", "kafka.example.com:9092"))
                .isEqualTo(" --bootstrap-servers 127.0.0.1:9092");
        assertThat(Greeting.brokerOption("127.0.0.1:9092", "localhost:9092,kafka.example.com:9092"))
                .isEqualTo(" --bootstrap-servers 127.0.0.1:9092");
    }
}
