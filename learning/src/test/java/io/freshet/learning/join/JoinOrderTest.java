package io.freshet.learning.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.join.JoinOracle.Sample;
import io.freshet.learning.spec.JoinSpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * Catches a join whose labels depend on the order in which records arrive: all orders of up to six records, and random ones of
 * more.
 */
class JoinOrderTest {
    private static final long SEED = Long.getLong("freshet.join.seed", 32);
    private static final int SETS = 1_000;
    private static final int ALL_ORDERS_UP_TO = 6;
    private static final int RANDOM_ORDERS = 100;

    @Test
    void all_orders_in_which_nothing_is_late_give_the_same_samples() {
        Random random = new Random(SEED);
        for (int i = 0; i < SETS; i++) {
            JoinSchedule set = JoinSchedule.records(random);
            List<Sample> expected = null;
            for (List<Arrival> order : orders(set.records(), random)) {
                List<Arrival> arrivals = JoinSchedule.inOrder(set.join(), order, false, random);
                List<Sample> samples =
                        RuleRun.of(set.with(arrivals), random.nextLong()).samples();
                expected = expected == null ? samples : expected;
                assertThat(samples).as(describe(i, set.join(), arrivals)).isEqualTo(expected);
            }
        }
    }

    @Test
    void all_orders_in_which_nothing_is_late_write_the_same_records_to_the_unjoined_topic() {
        Random random = new Random(SEED);
        int written = 0;
        for (int i = 0; i < SETS; i++) {
            JoinSchedule set = JoinSchedule.records(random);
            List<Arrival> expected = null;
            for (List<Arrival> order : orders(set.records(), random)) {
                List<Arrival> arrivals = new ArrayList<>(JoinSchedule.inOrder(set.join(), order, false, random));
                // Those that wait become orphans.
                arrivals.add(new Arrival.Watermark(1_000_000));
                List<Arrival> records = RuleRun.of(set.with(arrivals), random.nextLong()).unjoined().stream()
                        .map(JoinOracle.Unjoined::record)
                        .toList();
                expected = expected == null ? records : expected;
                assertThat(records).as(describe(i, set.join(), arrivals)).containsExactlyInAnyOrderElementsOf(expected);
            }
            written += expected == null ? 0 : expected.size();
        }
        assertThat(written).isGreaterThan(SETS / 10);
    }

    @Test
    void all_orders_end_with_the_same_label_whatever_is_late() {
        Random random = new Random(SEED);
        for (int i = 0; i < SETS; i++) {
            JoinSchedule set = JoinSchedule.records(random);
            if (set.join().delayed().waits()) {
                continue;
            }
            List<Object> labels = new ArrayList<>();
            for (List<Arrival> order : orders(set.records(), random)) {
                List<Arrival> arrivals = JoinSchedule.inOrder(set.join(), order, true, random);
                Supplier<String> name = describe(i, set.join(), arrivals);
                List<Sample> samples =
                        RuleRun.of(set.with(arrivals), random.nextLong()).samples();
                Object last = SampleChain.requireConsistent(name, samples);
                labels.add(last == null ? "none" : last);
                assertThat(last == null ? "none" : last).as(name).isEqualTo(labels.get(0));
            }
        }
    }

    private static List<List<Arrival>> orders(List<Arrival> records, Random random) {
        List<List<Arrival>> orders = new ArrayList<>();
        if (records.size() <= ALL_ORDERS_UP_TO) {
            permute(new ArrayList<>(records), 0, orders);
        } else {
            for (int i = 0; i < RANDOM_ORDERS; i++) {
                List<Arrival> order = new ArrayList<>(records);
                Collections.shuffle(order, random);
                orders.add(order);
            }
        }
        return orders;
    }

    private static void permute(List<Arrival> records, int from, List<List<Arrival>> orders) {
        if (from == records.size()) {
            orders.add(List.copyOf(records));
        }
        for (int i = from; i < records.size(); i++) {
            Collections.swap(records, from, i);
            permute(records, from + 1, orders);
            Collections.swap(records, from, i);
        }
    }

    private static Supplier<String> describe(int set, JoinSpec join, List<Arrival> arrivals) {
        return () -> "seed " + SEED + ", set " + set + ": " + join + ", " + arrivals;
    }
}
