package io.freshet.cli.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.cli.input.InputException;
import io.freshet.learning.spec.ModelSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

class EpochPlanTest {
    @Test
    void follows_the_specification() throws Exception {
        assertThat(EpochPlan.of(List.of(spec("a", "")))).isEqualTo(new EpochPlan(1, false, false, 42));
        assertThat(EpochPlan.of(List.of(spec("a", "epochs: 3, shuffle: true, seed: 7"))))
                .isEqualTo(new EpochPlan(3, false, true, 7));
    }

    /** The learner repeats the batch in the order received. */
    @Test
    void sends_a_full_batch_once_in_file_order() throws Exception {
        EpochPlan plan = EpochPlan.of(List.of(spec("a", "epochs: 3, shuffle: true, batch: {size: full}")));
        assertThat(plan).isEqualTo(new EpochPlan(3, true, false, 42));
        assertThat(plan.passes()).isEqualTo(1);
    }

    @Test
    void requires_models_that_share_rows_to_agree() throws Exception {
        assertThat(EpochPlan.of(List.of(spec("a", "seed: 1"), spec("b", "seed: 2"), spec("c", "batch: {size: 8}"))))
                .isEqualTo(new EpochPlan(1, false, false, 1));
        assertRejected(
                "epochs: 2",
                "epochs: 3",
                "epochs: differs between a and b (expected: the same for all models that" + " share the rows)");
        assertRejected(
                "shuffle: true",
                "",
                "shuffle: differs between a and b (expected: the same for all models that share" + " the rows)");
        assertRejected(
                "shuffle: true, seed: 1",
                "shuffle: true, seed: 2",
                "seed: differs between a and b (expected: the same" + " for all models that share the rows)");
        assertRejected(
                "batch: {size: full}",
                "batch: {size: 8}",
                "batch.size: differs between a and b (expected: the same"
                        + " for all models that share the rows, full for all or none)");
    }

    private static void assertRejected(String a, String b, String message) {
        assertThatThrownBy(() -> EpochPlan.of(List.of(spec("a", a), spec("b", b))))
                .isInstanceOf(InputException.class)
                .hasMessage(message);
    }

    private static ModelSpec spec(String name, String more) {
        return ModelSpec.parse("{name: " + name + ", label: y, features: {numeric: [x]}, loss: mean-squared-error"
                + (more.isEmpty() ? "" : ", " + more) + "}");
    }
}
