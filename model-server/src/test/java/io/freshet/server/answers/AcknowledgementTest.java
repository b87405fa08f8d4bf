package io.freshet.server.answers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.server.body.RequestException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Would catch a response that is returned before its last row is logged, or that waits forever. */
class AcknowledgementTest {
    private static final RequestException LATE = RequestException.of(503, "late");

    private final Acknowledgement acknowledgement = new Acknowledgement();

    @Test
    void is_complete_only_with_all_rows_and_once_all_rows_are_known() {
        CompletableFuture<Void> logged = acknowledgement.within(Duration.ofMinutes(1), LATE);
        acknowledgement.expectRow();
        acknowledgement.acknowledged();
        assertThat(logged).as("more rows may follow").isNotDone();
        acknowledgement.expectRow();
        acknowledgement.acknowledged();
        assertThat(logged).isNotDone();
        acknowledgement.acknowledged();
        assertThat(logged).isCompleted();
    }

    @Test
    void the_first_failure_is_the_one_of_the_request() {
        CompletableFuture<Void> logged = acknowledgement.within(Duration.ofMinutes(1), LATE);
        acknowledgement.expectRow();
        acknowledgement.fail(RequestException.of(503, "first"));
        acknowledgement.fail(RequestException.of(503, "second"));
        acknowledgement.acknowledged();

        assertThatThrownBy(logged::join).cause().hasMessage("first");
        assertThat(acknowledgement.isDone()).isTrue();
    }

    @Test
    void fails_at_the_deadline() {
        CompletableFuture<Void> logged = acknowledgement.within(Duration.ofMillis(1), LATE);

        assertThatThrownBy(logged::join).cause().isSameAs(LATE);
        assertThat(acknowledgement.isDone())
                .as("rows that wait are not sent any more")
                .isTrue();
    }
}
