package io.freshet.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import org.junit.jupiter.api.Test;

/** Would catch a place that is never free again, until no request finds one. */
class AdmissionTest {
    private final Admission admission = new Admission("requests", 1, 0);

    @Test
    void work_that_fails_frees_its_place() {
        assertThat(admission.run(() -> Future.failedFuture("later")).failed()).isTrue();
        assertThatThrownBy(() -> admission.run(() -> {
                    throw new IllegalStateException("at once");
                }))
                .hasMessage("at once");
        assertThat(admission.inFlight()).isZero();
        assertThat(admission.run(() -> Future.succeededFuture("a place")).result())
                .isEqualTo("a place");
    }
}
