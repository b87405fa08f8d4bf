package io.freshet.learning.encode;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.features.MurmurHash3;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch an index on another row than its own, and a field that moves the rows of another. */
class SparseFieldTest {
    /** 16 rows after the bias. */
    private static final int BITS = 4;

    @Test
    void an_index_below_the_number_of_rows_is_its_row() throws Exception {
        String all =
                String.join(" ", IntStream.range(0, 16).mapToObj(i -> i + ":1").toList());
        assertThat(buckets("[s]", all)).containsExactly(IntStream.range(0, 16).toArray());
    }

    @ParameterizedTest
    @CsvSource({"16, 0", "17, 1", "33, 1", "2147483647, 15", "2147483632, 0"})
    void an_index_beyond_has_the_row_of_its_remainder(int index, int bucket) throws Exception {
        assertThat(buckets("[s]", index + ":1")).containsExactly(bucket);
        assertThat(buckets("[s]", 3 + ":1 " + index + ":1")).containsExactly(3, bucket);
    }

    @Test
    void hashed_indices_have_the_rows_of_their_hashes() throws Exception {
        int seed = MurmurHash3.hash("s", 42);
        assertThat(buckets("[{field: s, hash: true}]", "7:1 900000:1"))
                .containsExactly(MurmurHash3.hash(7, seed) & 15, MurmurHash3.hash(900_000, seed) & 15);
    }

    @Test
    void a_second_field_is_shifted_by_the_hash_of_its_name() throws Exception {
        int shift = MurmurHash3.hash("t", 42);
        assertThat(shift & 15).as("a shift that can be seen").isNotZero();
        assertThat(buckets("[s, t]", "", "3:1 20:1 2147483647:1"))
                .containsExactly(shift + 3 & 15, shift + 20 & 15, shift + Integer.MAX_VALUE & 15);
        assertThat(buckets("[u, t]", "", "3:1")).containsExactly(shift + 3 & 15);
        assertThat(buckets("[u, v, t]", "", "3:1")).containsExactly(shift + 3 & 15);
    }

    /** Rows that a model has learned must stay those of their indices when features are added. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "[s, t]",
                "[s, {field: t, hash: true}]",
                "[{field: t, hash: true}, s]",
                "[s], categorical: [t]",
                "[s], tokens: [t]",
                "[s], cross: [[t, u]]"
            })
    void other_features_do_not_move_the_rows_of_the_first_field(String sparse) throws Exception {
        assertThat(buckets(sparse, "3:1 15:1 16:1")).contains(3, 15, 0);
        assertThat(buckets(sparse, "5:1")).contains(5).doesNotContain(3);
    }

    private static int[] buckets(String sparse, String s) throws Exception {
        return buckets(sparse, s, "");
    }

    private static int[] buckets(String sparse, String s, String t) throws Exception {
        ModelSpec spec = ModelSpec.parse("{name: m, label: y, features: {sparse: " + sparse + ", hashBits: " + BITS
                + "}, loss: mean-squared-error}");
        RowLayout layout = RowLayout.of(List.of(spec));
        Row row = new Row(layout);
        row.clear();
        layout.texts().forEach(name -> row.copyText(layout.text(name), ""));
        copy(row, layout, "s", s);
        copy(row, layout, "t", t);
        int[] rows = new FeatureEncoder(spec, layout).encodeFeatures(row).rows();
        return Arrays.stream(rows).map(each -> each - 1).toArray();
    }

    private static void copy(Row row, RowLayout layout, String name, String text) {
        if (layout.text(name) >= 0) {
            row.copyText(layout.text(name), text);
        }
    }
}
