package io.freshet.learning.encode;

import io.freshet.learning.encode.field.FieldPlaces;
import io.freshet.learning.encode.field.NumberField;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.spec.feature.FeatureSpec;
import io.freshet.learning.spec.feature.MissingPolicy;
import io.freshet.learning.spec.feature.TimeSpec;
import java.util.List;

/** Reads the numeric features of a row, the indicators of missing ones, and the cyclic parts of times. */
final class NumericFeatures {
    private final NumberField[] fields;
    private final MissingPolicy[] policies;
    private final int indicators;
    private final List<CyclicTime> times;
    private final int length;

    NumericFeatures(FeatureSpec features, FieldPlaces places) {
        List<String> names = features.numeric();
        fields = names.stream()
                .map(name -> new NumberField(name, places.number(name)))
                .toArray(NumberField[]::new);
        policies = names.stream().map(features.missing()::of).toArray(MissingPolicy[]::new);
        indicators = features.indicators().size();
        times = features.times().stream()
                .filter(TimeSpec::cyclic)
                .map(time -> new CyclicTime(time, places.time(time, features.missing())))
                .toList();
        length = features.numbers() - features.denseLength();
    }

    /**
     * Returns the numbers, then the indicators, then the cyclic parts. NaN stands for the mean, which depends on the samples learned before.
     *
     * @throws InvalidSampleException if a number that must not be missing is, or if one is not finite
     */
    double[] read(Row row) throws InvalidSampleException {
        double[] numbers = new double[length];
        int indicator = fields.length;
        for (int i = 0; i < fields.length; i++) {
            MissingPolicy policy = policies[i];
            boolean missing = policy != MissingPolicy.REJECT && fields[i].isMissing(row);
            if (!missing) {
                numbers[i] = fields[i].read(row);
            } else if (policy.usesMean()) {
                numbers[i] = Double.NaN;
            }
            if (policy == MissingPolicy.INDICATOR) {
                numbers[indicator++] = missing ? 1 : 0;
            }
        }
        int at = fields.length + indicators;
        for (CyclicTime time : times) {
            at = time.write(row, numbers, at);
        }
        return numbers;
    }
}
