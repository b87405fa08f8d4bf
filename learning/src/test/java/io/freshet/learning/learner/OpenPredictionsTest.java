package io.freshet.learning.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.freshet.learning.features.SampleId;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Would catch a prediction that is lost, found under another id, or kept beyond the limit. */
class OpenPredictionsTest {
    private static final int OUTPUTS = 3;
    private static final int MAXIMUM = 37;

    private final float[] found = new float[OUTPUTS];

    /** The oracle is a linked map of the same operations. Few values of the low half make many ids share a slot. */
    @Test
    void finds_what_a_linked_map_finds_in_any_order_of_operations() {
        long seed = 20261201;
        SplittableRandom random = new SplittableRandom(seed);
        OpenPredictions open = new OpenPredictions(OUTPUTS, MAXIMUM);
        Map<SampleId, float[]> expected = new LinkedHashMap<>();
        Map<SampleId, Float> labels = new HashMap<>();
        long dropped = 0;
        long unmatched = 0;
        for (int i = 0; i < 200_000; i++) {
            SampleId id = new SampleId(random.nextInt(10), random.nextInt(12) << random.nextInt(5));
            if (random.nextInt(2000) == 0) {
                open = open.copy();
            }
            if (random.nextInt(2000) == 0) {
                open.clear();
                expected.clear();
            }
            if (random.nextInt(100) < (i / 1000 % 2 == 0 ? 65 : 40)) {
                float[] prediction = {i, -i, 0.5f};
                int place = open.add(id, prediction, i % 7, i % 3 == 0);
                if (!expected.containsKey(id)) {
                    if (expected.size() == MAXIMUM) {
                        Iterator<SampleId> oldest = expected.keySet().iterator();
                        oldest.next();
                        oldest.remove();
                        dropped++;
                    }
                    expected.put(id, prediction);
                    assertThat(open.learned(place)).isNaN();
                }
                open.learn(place, i);
                labels.put(id, (float) i);
            } else {
                int place = open.place(id);
                if (place >= 0) {
                    assertThat(open.learned(place))
                            .as("seed %d, step %d", seed, i)
                            .isEqualTo(labels.get(id));
                }
                float weight = open.take(id, found);
                float[] prediction = expected.remove(id);
                if (prediction == null) {
                    unmatched++;
                    assertThat(weight).as("seed %d, step %d", seed, i).isNaN();
                } else {
                    int added = (int) prediction[0];
                    assertThat(found).isEqualTo(prediction);
                    assertThat(Math.abs(weight)).isEqualTo(added % 7);
                    assertThat(OpenPredictions.isHeldOut(weight)).isEqualTo(added % 3 == 0);
                }
            }
            assertThat(open.size()).isEqualTo(expected.size());
        }
        assertThat(dropped).isPositive().isEqualTo(open.dropped());
        assertThat(unmatched).isPositive().isEqualTo(open.unmatched());
    }

    @Test
    void keeps_the_first_prediction_of_an_id() {
        OpenPredictions open = new OpenPredictions(1);
        open.add(new SampleId(1, 2), new float[] {0.25f}, 1, false);
        open.add(new SampleId(1, 2), new float[] {0.75f}, 3, true);
        assertThat(open.take(new SampleId(1, 2), found)).isEqualTo(1);
        assertThat(found[0]).isEqualTo(0.25f);
        assertThat(open.size()).isZero();
    }

    /** Would learn a label twice, or the difference from a label that was not learned. */
    @Test
    void the_label_of_a_request_without_a_prediction_is_unknown() {
        OpenPredictions open = new OpenPredictions(1, 2);
        open.learn(open.add(new SampleId(1, 1), found, 1, false), 4);
        assertThat(open.learned(open.place(new SampleId(1, 1)))).isEqualTo(4);
        assertThat(open.learned(open.place(new SampleId(9, 9)))).isEqualTo(OpenPredictions.UNKNOWN);
        open.learn(open.place(new SampleId(9, 9)), 5);
        open.add(new SampleId(2, 2), found, 1, false);
        assertThat(open.learned(open.place(new SampleId(2, 2)))).isNaN();
        open.add(new SampleId(3, 3), found, 1, false);
        assertThat(open.learned(open.place(new SampleId(1, 1)))).isEqualTo(OpenPredictions.UNKNOWN);
        assertThat(open.learned(open.place(new SampleId(2, 2)))).isNaN();
    }

    @Test
    void drops_the_oldest_beyond_the_limit_and_counts_it() {
        OpenPredictions open = new OpenPredictions(1);
        int more = 1000;
        for (int i = 0; i < OpenPredictions.MAXIMUM + more; i++) {
            open.add(new SampleId(i, 31L * i), new float[] {i}, 1, false);
        }
        assertThat(open.size()).isEqualTo(OpenPredictions.MAXIMUM);
        assertThat(open.dropped()).isEqualTo(more);
        assertThat(open.take(new SampleId(more - 1, 31L * (more - 1)), found)).isNaN();
        assertThat(open.take(new SampleId(more, 31L * more), found)).isEqualTo(1);
        assertThat(open.bytes()).isLessThan(100L << 20);
    }

    @Test
    void predictions_of_many_numbers_are_fewer() {
        OpenPredictions open = new OpenPredictions(100_000);
        float[] prediction = new float[100_000];
        for (int i = 0; i < 100; i++) {
            open.add(new SampleId(i, i), prediction, 1, false);
        }
        assertThat(open.size()).isEqualTo((int) (OpenPredictions.MAXIMUM_BYTES / 400_024));
    }

    @Test
    void allocates_nothing_in_steady_state() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        OpenPredictions open = new OpenPredictions(1);
        SampleId[] ids = new SampleId[100_000];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = new SampleId(i * 0x9e3779b97f4a7c15L, i * 0xbf58476d1ce4e5b9L);
        }
        pass(open, ids);
        long before = threads.getCurrentThreadAllocatedBytes();
        pass(open, ids);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000);
    }

    private void pass(OpenPredictions open, SampleId[] ids) {
        for (int i = 0; i < ids.length; i++) {
            open.add(ids[i], found, 1, false);
            if (i >= 1000) {
                open.take(ids[i - 1000], found);
            }
        }
        for (int i = ids.length - 1000; i < ids.length; i++) {
            open.take(ids[i], found);
        }
    }

    @Test
    void refuses_stored_arrays_that_do_not_fit() {
        OpenPredictions.Parts parts =
                new OpenPredictions.Parts(2, new long[4], new float[3], new float[2], 0, 0, new float[2]);
        assertThatThrownBy(() -> OpenPredictions.restored(parts))
                .hasMessage("open predictions: 2 (expected: up to 1048576, each with an id, a label, and 2 logits)");
    }
}
