package io.freshet.learning.join;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Catches a join whose labels depend on the order in which records arrive. */
class JoinOrderTest {
    private static final long SEED = Long.getLong("freshet.join.seed", 32);
    private static final int SETS = 2_000;
    private static final int ORDERS = 50;

    @Test
    void all_orders_in_which_nothing_is_late_give_the_same_samples() {
        Random random = new Random(SEED);
        for (int i = 0; i < SETS; i++) {
            JoinSchedule set = JoinSchedule.records(random);
            List<JoinOracle.Sample> expected = null;
            for (int j = 0; j < ORDERS; j++) {
                List<Arrival> order = new ArrayList<>(set.records());
                Collections.shuffle(order, random);
                List<Arrival> arrivals = JoinSchedule.inOrder(set.join(), order, false, random);
                List<JoinOracle.Sample> samples =
                        JoinOracle.of(set.join(), arrivals).samples();
                expected = expected == null ? samples : expected;
                assertThat(samples).as("seed %d, set %d, %s, %s", SEED, i, set.join(), arrivals).isEqualTo(expected);
            }
        }
    }

    @Test
    void all_orders_end_with_the_same_label() {
        Random random = new Random(SEED);
        int bad = 0;
        for (int i = 0; i < SETS; i++) {
            JoinSchedule set = JoinSchedule.records(random);
            if (set.join().delayed().waits()) {
                continue;
            }
            Object expected = null;
            for (int j = 0; j < ORDERS; j++) {
                List<Arrival> order = new ArrayList<>(set.records());
                Collections.shuffle(order, random);
                List<Arrival> arrivals = JoinSchedule.inOrder(set.join(), order, true, random);
                Object label = last(JoinOracle.of(set.join(), arrivals).samples());
                expected = j == 0 ? label : expected;
                if (!java.util.Objects.equals(label, expected)) {
                    bad++;
                    if (bad < 6) System.out.println("set " + i + " " + set.join() + "\n " + arrivals + " " + label + " " + expected);
                    break;
                }
            }
        }
        System.out.println("bad " + bad);
    }

    private static Object last(List<JoinOracle.Sample> samples) {
        return samples.isEmpty() ? null : samples.get(samples.size() - 1).label();
    }
}
