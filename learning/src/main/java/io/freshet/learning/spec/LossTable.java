package io.freshet.learning.spec;

import io.freshet.learning.loss.BinaryCrossEntropy;
import io.freshet.learning.loss.Loss;
import io.freshet.learning.loss.MeanSquaredError;
import io.freshet.learning.loss.SparseCategoricalCrossEntropy;
import java.util.List;

/** Every loss that a specification can name. */
public final class LossTable {
    public static final List<Loss> ALL =
            List.of(new MeanSquaredError(), new BinaryCrossEntropy(), new SparseCategoricalCrossEntropy());

    private LossTable() {}

    static Loss read(String name) {
        List<String> names = ALL.stream().map(Loss::name).toList();
        return ALL.stream()
                .filter(loss -> loss.name().equals(name))
                .findFirst()
                .orElseThrow(() -> SpecException.of("loss", name, "one of " + String.join(", ", names)));
    }
}
