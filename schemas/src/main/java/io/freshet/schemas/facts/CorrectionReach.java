package io.freshet.schemas.facts;

import io.freshet.learning.optimizer.Constant;
import io.freshet.learning.optimizer.Sgd;
import io.freshet.learning.spec.Delayed;
import io.freshet.learning.spec.FeatureSpec;
import io.freshet.learning.spec.JoinSpec;
import io.freshet.learning.spec.ModelSpec;

/** How far one correction of a label moves a logit, where that does not become less over time. */
final class CorrectionReach {
    private CorrectionReach() {}

    /**
     * Returns the learning rate times |x|^2, of which each standardized number and each category is 1, like the bias. Other features
     * count 0. For models of classes that retract labels by {@code sgd} at a constant rate; 0 for others.
     */
    static double of(ModelSpec spec, JoinSpec join) {
        boolean constant =
                spec.optimizer().equals(new Sgd()) && spec.training().schedule().equals(new Constant());
        boolean retracts = join.delayed() == Delayed.RETRACT && !join.isFinalAtOnce();
        boolean isLinear = spec.model().isTable() && spec.loss().classes(spec.outputs()) >= 2;
        if (!constant || !retracts || !isLinear) {
            return 0;
        }
        FeatureSpec features = spec.features();
        FeatureSpec.Numeric numeric = features.numericFeatures();
        FeatureSpec.Hashed hashed = features.hashedFeatures();
        int square = 1
                + (numeric.scale().on() ? numeric.fields().size() : 0)
                + hashed.categorical().size()
                + hashed.cross().size();
        return spec.training().learningRate() * square / spec.training().batch().size();
    }
}
