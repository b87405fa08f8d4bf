package io.freshet.schemas.sample;

import static io.freshet.schemas.sample.AvroSamples.LAYOUT;
import static io.freshet.schemas.sample.AvroSamples.sparse;
import static io.freshet.schemas.sample.AvroSamples.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.features.Row;
import io.freshet.schemas.avro.MalformedRecordException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Would catch a vector that is longer than allowed, and a sparse one whose indices and values differ in length. */
class VectorLengthTest {
    private final SampleDecoder decoder = new SampleDecoder(LAYOUT);
    private final Row row = new Row(LAYOUT);

    /** A million blocks of one number each are valid. */
    @Test
    void a_vector_has_up_to_2_to_the_20_numbers_in_any_number_of_blocks() throws Exception {
        int longest = Row.LONGEST_VECTOR;
        decoder.decode(vector("pixel", longest, 1), 0, row);
        assertThat(row.vectorLength(0)).isEqualTo(longest);
        assertThat(row.vector(0)[longest - 1]).isEqualTo(longest - 1f);
        decoder.decode(vector("pixel", 7, longest / 7 + 1), 0, row);
        assertThat(row.vectorLength(0)).isEqualTo(7);
        for (String name : List.of("pixel", "unknown")) {
            for (int block : new int[] {1, 1000, longest + 1}) {
                assertThatThrownBy(() -> decoder.decode(vector(name, longest + 1, block), 0, row))
                        .isInstanceOf(MalformedRecordException.class)
                        .hasMessage("vector: 1048577 numbers or more (expected: up to 1048576)");
            }
        }
    }

    @Test
    void rejects_a_sparse_vector_with_too_few_or_too_many_values() throws Exception {
        for (String name : List.of("origin", "unknown")) {
            for (int values : new int[] {1, 2, 4}) {
                assertThatThrownBy(() -> decoder.decode(sparse(name, 3, values), 0, row))
                        .isInstanceOf(MalformedRecordException.class)
                        .hasMessage(
                                "sparse vector: " + values + " values (expected: one for each of 3 indices, or none)");
            }
            assertThatThrownBy(() -> decoder.decode(sparse(name, Row.LONGEST_VECTOR + 1, 0), 0, row))
                    .hasMessage("vector: 1048577 numbers or more (expected: up to 1048576)");
        }
        decoder.decode(sparse("origin", 3, 0), 0, row);
        assertThat(Arrays.copyOf(row.sparseValues(0), 3)).containsExactly(1, 1, 1);
        decoder.decode(sparse("dest", 0, 0), 0, row);
        assertThat(row.hasSparse(0)).isFalse();
        assertThat(row.sparseLength(1)).isZero();
    }
}
