package io.freshet.learning.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class WeightsTest {
    /** One row, a few, and more than a block; narrow and wide, without slots and with some. */
    static final List<StateLayout> LAYOUTS = List.of(
            new StateLayout(1, 1, 2, true),
            new StateLayout(12, 4, 0, true),
            new StateLayout(12, 4, 3, true),
            new StateLayout(12, 4, 0, false),
            new StateLayout(12, 4, 3, false),
            new StateLayout(40_000, 1, 2, false),
            new StateLayout(40_000, 1, 2, true),
            new StateLayout(40_002, 3, 1, true),
            new StateLayout(40_002, 3, 2, false));

    private static Weights numbered(StateLayout layout) {
        Weights weights = Weights.zero(layout);
        int next = 1;
        for (float[] array : weights.arrays()) {
            for (int i = 0; i < array.length; i++) {
                array[i] = next++;
            }
        }
        return weights;
    }

    @ParameterizedTest
    @FieldSource("LAYOUTS")
    void stores_parameters_in_order_and_slots_at_their_distance(StateLayout layout) {
        int n = layout.parameters();
        float[] parameters = new float[n];
        for (int i = 0; i < n; i++) {
            parameters[i] = -i - 1;
        }
        Weights weights = numbered(layout);
        Weights before = weights.copy();
        weights.set(parameters);
        assertThat(weights.parameters()).isEqualTo(parameters);
        Weights bySlot = weights.convert(layout.bySlot());
        assertThat(bySlot.array()).isEqualTo(parameters);
        assertThat(bySlot.arrays()).hasDimensions(1 + layout.slots(), n);
        for (int c = 0; c < n; c++) {
            int at = c / layout.width() * layout.stride() + c % layout.width();
            assertThat(weights.array()[at]).isEqualTo(parameters[c]);
            for (int slot = 1; slot <= layout.slots(); slot++) {
                float[] array = before.arrays()[layout.byRow() ? 0 : slot];
                float number = array[at + slot * layout.slotDistance()];
                assertThat(bySlot.arrays()[slot][c]).isEqualTo(number);
            }
        }
    }

    @ParameterizedTest
    @FieldSource("LAYOUTS")
    void converts_to_another_layout_and_back(StateLayout layout) {
        Weights weights = numbered(layout);
        StateLayout other = new StateLayout(layout.parameters(), layout.width(), layout.slots(), !layout.byRow());
        assertThat(weights.convert(other).convert(layout)).isEqualTo(weights);
        assertThat(weights.convert(other).layout()).isEqualTo(other);
    }

    /** Blocks are stored in checkpoints. */
    @Test
    void a_block_holds_parameters_then_slots_or_row_after_row() {
        int n = (1 << 14) + 2;
        Weights bySlot = numbered(new StateLayout(n, 1, 2, false));
        int second = 1 << 14;
        assertThat(bySlot.block(1))
                .containsExactly(
                        second + 1, second + 2, n + second + 1, n + second + 2, 2 * n + second + 1, 2 * n + second + 2);
        Weights byRow = numbered(new StateLayout(n, 1, 2, true));
        int from = 3 * second;
        assertThat(byRow.block(1)).containsExactly(from + 1, from + 2, from + 3, from + 4, from + 5, from + 6);
    }

    @ParameterizedTest
    @FieldSource("LAYOUTS")
    void blocks_together_are_the_whole(StateLayout layout) {
        Weights weights = numbered(layout);
        Weights joined = Weights.zero(layout);
        int numbers = 0;
        for (int block = 0; block < layout.blocks(); block++) {
            float[] part = weights.block(block);
            numbers += part.length;
            joined.setBlock(block, part);
        }
        assertThat(numbers).isEqualTo(layout.length());
        assertThat(joined).isEqualTo(weights);
    }

    @ParameterizedTest
    @FieldSource("LAYOUTS")
    void parts_of_blocks_are_parameters_and_slots_in_order(StateLayout layout) {
        Weights weights = numbered(layout);
        float[][] bySlot = weights.convert(layout.bySlot()).arrays();
        Weights joined = Weights.zero(layout);
        for (int block = 0; block < layout.blocks(); block++) {
            int from = layout.blockStart(block);
            int to = layout.blockEnd(block);
            for (int count = 1; count <= 1 + layout.slots(); count++) {
                float[] parts = weights.parts(block, count);
                assertThat(parts).hasSize(count * (to - from));
                for (int part = 0; part < count; part++) {
                    assertThat(Arrays.copyOfRange(parts, part * (to - from), (part + 1) * (to - from)))
                            .isEqualTo(Arrays.copyOfRange(bySlot[part], from, to));
                }
                joined.setParts(block, count, parts);
            }
        }
        assertThat(joined).isEqualTo(weights);
    }

    @ParameterizedTest
    @FieldSource("LAYOUTS")
    void a_copy_is_equal_and_shares_nothing(StateLayout layout) {
        Weights weights = numbered(layout);
        Weights copy = weights.copy();
        assertThat(copy).isEqualTo(weights).hasSameHashCodeAs(weights);
        float[] last = copy.arrays()[copy.arrays().length - 1];
        last[last.length - 1]++;
        assertThat(copy).isNotEqualTo(weights);
        assertThat(IntStream.range(0, copy.arrays().length).noneMatch(i -> copy.arrays()[i] == weights.arrays()[i]))
                .isTrue();
        assertThat(weights.bytes()).isEqualTo(4L * layout.length());
        assertThat(Weights.absent(layout).bytes()).isZero();
        assertThat(Arrays.asList(Weights.absent(layout), weights))
                .allMatch(each -> each.layout().equals(layout));
    }
}
