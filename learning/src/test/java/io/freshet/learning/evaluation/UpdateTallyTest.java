package io.freshet.learning.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UpdateTallyTest {
    @Test
    void sums_of_parts_are_those_of_all_updates() {
        UpdateTally all = new UpdateTally();
        UpdateTally sum = new UpdateTally();
        for (int part = 1; part <= 3; part++) {
            UpdateTally own = new UpdateTally();
            for (UpdateTally each : new UpdateTally[] {all, own}) {
                each.add(32 * part, 0.5 / part, part == 2);
                each.addNorms(part, 2 * part);
                each.addRejected();
            }
            sum.add(own);
        }
        sum.add(new UpdateTally());
        assertThat(sum.sums()).isEqualTo(all.sums());
        assertThat(sum.metrics()).isEqualTo(all.metrics());
        assertThat(sum.learningRate()).as("of the last update").isEqualTo(0.5 / 3);
    }
}
