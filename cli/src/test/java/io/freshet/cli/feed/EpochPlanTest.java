package io.freshet.cli.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.cli.input.InputException;
import io.freshet.learning.spec.ModelSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

class EpochPlanTest {
    @Test
    void are_what_the_specification_says() throws Exception {
        assertThat(EpochPlan.of(List.of(spec("a", "")))).isEqualTo(new EpochPlan(1, false, false, 42));
        assertThat(EpochPlan.of(List.of(spec("a", "epochs: 3, shuffle: true, seed: 7"))))
                .isEqualTo(new EpochPlan(3, false, true, 7));
    }

    /** The learner keeps what it repeats, in the order in which it came. */
    @Test
    void a_full_batch_is_sent_once_and_in_order() throws Exception {
        EpochPlan passes = EpochPlan.of(List.of(spec("a", "epochs: 3, shuffle: true, batch: {size: full}")));
        assertThat(passes).isEqualTo(new EpochPlan(3, true, false, 42));
        assertThat(passes.sent()).isEqualTo(1);
    }

    @Test
    void models_that_share_a_stream_must_want_the_same_of_it() throws Exception {
        assertThat(EpochPlan.of(List.of(spec("a", "seed: 1"), spec("b", "seed: 2"), spec("c", "batch: {size: 8}"))))
                .isEqualTo(new EpochPlan(1, false, false, 1));
        refused(
                "epochs: 2",
                "epochs: 3",
                "epochs: differs between a and b (expected: the same for all models that"
                        + " learn one stream of rows)");
        refused(
                "shuffle: true",
                "",
                "shuffle: differs between a and b (expected: the same for all models that learn"
                        + " one stream of rows)");
        refused(
                "shuffle: true, seed: 1",
                "shuffle: true, seed: 2",
                "seed: differs between a and b (expected: the same" + " for all models that learn one stream of rows)");
        refused(
                "batch: {size: full}",
                "batch: {size: 8}",
                "batch.size: differs between a and b (expected: the same"
                        + " for all models that learn one stream of rows, full for all or none)");
    }

    private static void refused(String a, String b, String message) {
        assertThatThrownBy(() -> EpochPlan.of(List.of(spec("a", a), spec("b", b))))
                .isInstanceOf(InputException.class)
                .hasMessage(message);
    }

    private static ModelSpec spec(String name, String more) {
        return ModelSpec.parse("{name: " + name + ", label: y, features: {numeric: [x]}, loss: mean-squared-error"
                + (more.isEmpty() ? "" : ", " + more) + "}");
    }
}
