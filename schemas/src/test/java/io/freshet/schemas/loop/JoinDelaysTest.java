package io.freshet.schemas.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Would catch a quantile off by one bound. */
class JoinDelaysTest {
    @Test
    void a_quantile_is_the_bound_that_holds_its_share() {
        JoinDelays delays = new JoinDelays(List.of(10L, 20L, 40L), List.of(0L, 5L, 4L, 1L), null);
        assertThat(delays.requests()).isEqualTo(10);
        assertThat(delays.quantile(0.01)).isEqualTo(20);
        assertThat(delays.quantile(0.5)).isEqualTo(20);
        assertThat(delays.quantile(0.51)).isEqualTo(40);
        assertThat(delays.quantile(0.9)).isEqualTo(40);
        assertThat(delays.quantile(0.99)).as("beyond the last bound").isNull();
        assertThat(JoinDelays.NONE.quantile(0.5)).isNull();
        assertThat(new JoinDelays(List.of(1L), List.of(0L, 0L), null).quantile(0.5))
                .isNull();
    }
}
