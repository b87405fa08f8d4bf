package io.freshet.learning.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.loss.Task;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Would catch a model that learned one class and looks perfect, and one that is blamed although it has learned several. */
class OneClassTest {
    private static final float[] ZERO = {0, 0, 0};

    @ParameterizedTest
    @EnumSource(names = {"BINARY", "MARGIN"})
    void a_thousand_samples_of_one_label_are_one_class(Task task) {
        for (int label = 0; label < 2; label++) {
            Tally tally = tally(task, 1, 999, 0.7, label);
            assertThat(OneClass.of(tally)).isNull();
            tally.add(tally(task, 1, 1, 0.1, label));
            assertThat(OneClass.of(tally)).isEqualTo(new OneClass(label, 1000));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"BINARY", "MARGIN"})
    void one_sample_in_ten_thousand_is_another_class(Task task) {
        Tally tally = tally(task, 1, 10_000, 1, 0);
        tally.add(tally(task, 1, 1, 1, 1));
        assertThat(OneClass.of(tally)).isNull();
    }

    @Test
    void one_of_many_classes_is_named() {
        Tally tally = tally(Task.MULTICLASS, 3, 5_000, 0.3, 2);
        OneClass oneClass = OneClass.of(tally);
        assertThat(oneClass).isEqualTo(new OneClass(2, 5_000));
        assertThat(oneClass.text("animal", List.of("bear", "lynx", "wolf")))
                .isEqualTo("animal: wolf in all 5,000 samples (expected: samples of two or more classes)");
        assertThat(oneClass.text("animal", List.of())).startsWith("animal: 2 in all");
        tally.add(tally(Task.MULTICLASS, 3, 1, 1e-9, 0));
        assertThat(OneClass.of(tally)).isNull();
    }

    @Test
    void keys_of_one_class_each_have_two_classes_together() {
        Tally ones = tally(Task.BINARY, 1, 600, 1, 1);
        assertThat(OneClass.of(List.of(ones, ones))).isEqualTo(new OneClass(1, 1200));
        assertThat(OneClass.of(List.of(ones, ones, tally(Task.BINARY, 1, 1, 1, 0))))
                .isNull();
        Tally total = tally(Task.BINARY, 1, 2_000, 1, 0);
        total.add(tally(Task.BINARY, 1, 2_000, 1, 1));
        assertThat(OneClass.of(total)).isNull();
    }

    @Test
    void samples_without_weight_and_unknown_classes_are_not_judged() {
        assertThat(OneClass.of(tally(Task.BINARY, 1, 2_000, 0, 1))).isNull();
        assertThat(OneClass.of(tally(Task.MULTICLASS, 3, 2_000, 1, 1).withUnknownClasses()))
                .isNull();
    }

    @Test
    void numbers_and_several_labels_have_no_classes() {
        assertThat(OneClass.of(tally(Task.REGRESSION, 1, 2_000, 1, 1))).isNull();
        assertThat(OneClass.of(tally(Task.BINARY, 3, 2_000, 1, 0))).isNull();
    }

    @Test
    void a_share_of_a_class_counts_for_both() {
        Tally tally = Tally.of(Task.BINARY, 1);
        for (int i = 0; i < 2_000; i++) {
            tally.add(0.1, 1, new PredictedSamples(1, new float[] {0.9f}, ZERO, ZERO), 0, 0, 1);
        }
        assertThat(OneClass.of(tally)).isNull();
    }

    private static Tally tally(Task task, int outputs, int samples, double weight, float label) {
        Tally tally = Tally.of(task, outputs);
        int length = task == Task.MULTICLASS ? 1 : outputs;
        float[] labels = new float[length];
        Arrays.fill(labels, label);
        for (int i = 0; i < samples; i++) {
            tally.add(0.1, weight, new PredictedSamples(outputs, labels, ZERO, ZERO), 0, 0, length);
        }
        return tally;
    }
}
