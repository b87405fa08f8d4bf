package io.freshet.learning.spec;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.spec.FeatureSpec.Hashed;
import io.freshet.learning.spec.FeatureSpec.Sparse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Would catch a change of features that compares each field with each other one, which takes minutes here. */
@Timeout(120)
class ManyFieldsTest {
    private static final int COUNT = 1 << 18;

    @Test
    void the_rows_of_many_sparse_vectors_are_compared() {
        List<Sparse> vectors = new ArrayList<>(IntStream.range(0, COUNT)
                .mapToObj(i -> new Sparse("s" + i, i < COUNT - 1))
                .toList());
        Hashed before = hashed(vectors);
        Collections.reverse(vectors);
        assertThat(FeatureChange.moved(before, hashed(vectors))).isNull();

        vectors.set(COUNT / 2, new Sparse(vectors.get(COUNT / 2).field(), false));
        assertThat(FeatureChange.moved(before, hashed(vectors)))
                .isEqualTo(
                        "features.sparse: s131071 would move to other rows; {field: s131071, hash: true} keeps them");
    }

    private static Hashed hashed(List<Sparse> vectors) {
        return new Hashed(List.of(), List.of(), List.of(), vectors);
    }
}
