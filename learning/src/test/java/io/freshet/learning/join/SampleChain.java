package io.freshet.learning.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.join.JoinOracle.Sample;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The samples of one id, in the order of emission. */
final class SampleChain {
    private SampleChain() {}

    /**
     * Asserts that each sample continues from the one before, and that every opened one is closed once.
     *
     * @param name of the samples in messages
     * @return the label to which the last first sample and its corrections lead; null if there is none
     */
    static @Nullable Object requireConsistent(Supplier<String> name, List<Sample> samples) {
        Object label = null;
        boolean isOpen = false;
        for (Sample sample : samples) {
            switch (sample.stage()) {
                case JoinOracle.CHANGED -> {
                    assertThat(sample.previous()).as(name).isEqualTo(label);
                    assertThat(sample.label()).as(name).isNotEqualTo(label);
                    label = sample.label();
                }
                case JoinOracle.CLOSED -> {
                    assertThat(isOpen).as(name).isTrue();
                    assertThat(sample.label()).as(name).isEqualTo(label);
                    isOpen = false;
                }
                default -> {
                    assertThat(isOpen).as(name).isFalse();
                    isOpen = sample.stage() == JoinOracle.OPEN;
                    label = sample.label();
                }
            }
        }
        assertThat(isOpen).as(() -> "open in the end: " + name.get()).isFalse();
        return label;
    }
}
