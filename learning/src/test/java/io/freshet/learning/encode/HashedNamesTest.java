package io.freshet.learning.encode;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Sample;
import io.freshet.learning.spec.ModelSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Would catch a name on another row than the encoder's, which would explain a prediction by the wrong feature. */
class HashedNamesTest {
    private static final ModelSpec SPEC = ModelSpec.parse("""
            {name: m, label: y, loss: mean-squared-error, features: {numeric: [n], categorical: [a, b], tokens: [words],
             cross: [[a, b]], sparse: [pairs], hashBits: 16}}
            """);

    @Test
    void names_every_row_of_the_encoder_and_no_other() throws Exception {
        RowLayout layout = RowLayout.of(List.of(SPEC));
        Row row = row(layout, "see spot run");
        Map<Integer, List<String>> names = new TreeMap<>();
        new HashedNames(SPEC, layout).read(row, listener(names));
        Sample sample = new FeatureEncoder(SPEC, layout).encodeFeatures(row);

        List<String> inOrder = new ArrayList<>();
        for (int encoded : sample.rows()) {
            inOrder.addAll(names.remove(encoded - 1 - SPEC.features().numbers()));
        }
        assertThat(inOrder)
                .containsExactly(
                        "a=ZRH",
                        "b=JFK",
                        "words=see",
                        "words=spot",
                        "words=run",
                        "a=ZRH*b=JFK",
                        "pairs[7]",
                        "pairs[9]");
        assertThat(names).isEmpty();
    }

    @Test
    void gives_a_name_once_for_each_time_that_it_occurs() throws Exception {
        RowLayout layout = RowLayout.of(List.of(SPEC));
        Map<Integer, List<String>> names = new TreeMap<>();
        new HashedNames(SPEC, layout).read(row(layout, "run run"), listener(names));

        assertThat(names.values()).contains(List.of("words=run", "words=run"));
    }

    private static Row row(RowLayout layout, String words) {
        Row row = new Row(layout);
        row.clear();
        row.number(layout.number("n"), 1);
        row.copyText(layout.text("a"), "ZRH");
        row.copyText(layout.text("b"), "JFK");
        row.copyText(layout.text("words"), words);
        row.copyText(layout.text("pairs"), "7:0.5 9:2");
        return row;
    }

    private static HashedNames.Listener listener(Map<Integer, List<String>> names) {
        return new HashedNames.Listener() {
            @Override
            public boolean wants(int bucket) {
                return true;
            }

            @Override
            public void add(int bucket, String name) {
                names.computeIfAbsent(bucket, any -> new ArrayList<>()).add(name);
            }
        };
    }
}
