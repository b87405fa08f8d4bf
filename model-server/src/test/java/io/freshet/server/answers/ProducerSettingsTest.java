package io.freshet.server.answers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProducerSettingsTest {
    @ParameterizedTest
    @CsvSource({
        "request.timeout.ms, 20000, 0, 2500, 5000",
        "request.timeout.ms, 4000, 0, 4000, 5000",
        "linger.ms, 9000, 2500, 2500, 5000",
        "delivery.timeout.ms, 2000, 0, 1000, 2000",
        "delivery.timeout.ms, 2147483647, 0, 2500, 2147483647"
    })
    void a_setting_of_all_clients_fits_into_the_delivery(
            String name, String value, long linger, long request, long delivery) {
        ProducerSettings settings = settings(Map.of(name, value));

        assertThat(millis(settings, "linger.ms")).isEqualTo(linger);
        assertThat(millis(settings, "request.timeout.ms")).isEqualTo(request);
        assertThat(millis(settings, "delivery.timeout.ms")).isEqualTo(delivery);
        settings.open().close(Duration.ZERO);
    }

    @Test
    void an_invalid_setting_is_refused_without_its_secrets() {
        assertThatThrownBy(() -> settings(Map.of("linger.ms", "soon")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("kafka: Invalid value soon for configuration linger.ms");
        assertThatThrownBy(() -> settings(Map.of("delivery.timeout.ms", "-5")))
                .hasMessageStartingWith("kafka: Invalid value -5 for configuration delivery.timeout.ms");
        assertThatThrownBy(() -> settings(Map.of("retries", "0", "ssl.key.password", "retries")))
                .hasMessageStartingWith("kafka: ")
                .hasMessageContaining("****");
    }

    private static ProducerSettings settings(Map<String, String> kafka) {
        Map<String, Object> defaults = new HashMap<>();
        defaults.put("linger.ms", 0);
        defaults.put("request.timeout.ms", 2_500);
        defaults.put("delivery.timeout.ms", 5_000);
        return new ProducerSettings("127.0.0.1:1", defaults, kafka, Map.of("enable.idempotence", true));
    }

    private static long millis(ProducerSettings settings, String name) {
        return settings.duration(name, Duration.ofDays(1)).toMillis();
    }
}
