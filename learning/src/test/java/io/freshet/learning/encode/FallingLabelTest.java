package io.freshet.learning.encode;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Sample;
import io.freshet.learning.features.Stage;
import io.freshet.learning.spec.ModelSpec;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a refund that is refused although the model can learn it. */
class FallingLabelTest {
    @ParameterizedTest
    @ValueSource(strings = {"after: 0", "delayed: wait"})
    void a_label_that_falls_is_learned(String join) throws Exception {
        assertThat(encode(spec(join), 0, 1).previous()).isEqualTo(1);
    }

    private static Sample encode(ModelSpec spec, double label, double previous) throws InvalidSampleException {
        RowLayout layout = RowLayout.of(List.of(spec));
        Row row = new Row(layout);
        row.clear();
        row.id("r1");
        row.number(layout.number("a"), 3);
        row.number(layout.number("y"), label);
        row.stage(Stage.CHANGED);
        row.previous(previous);
        return new FeatureEncoder(spec, layout).encode(row, 0, 1);
    }

    private static ModelSpec spec(String join) {
        return ModelSpec.parse("{name: m, label: y, features: {numeric: [a]}, loss: binary-cross-entropy,"
                + " join: {within: 1h, " + join + "}}");
    }
}
