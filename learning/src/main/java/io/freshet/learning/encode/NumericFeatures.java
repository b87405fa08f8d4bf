package io.freshet.learning.encode;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.spec.FeatureSpec;
import io.freshet.learning.spec.MissingPolicy;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.TimeSpec;
import java.util.List;

/** Reads the numeric features of a row, the indicators of missing ones, and the cyclic parts of times. */
final class NumericFeatures {
    private final NumberField[] fields;
    private final MissingPolicy[] policies;
    private final ModelSpec spec;
    private final MissingWords words;
    private final int indicators;
    private final List<CyclicTime> times;
    private final int length;

    NumericFeatures(ModelSpec spec, FieldPlaces places) {
        this.spec = spec;
        FeatureSpec features = spec.features();
        words = MissingWords.ofNumbers(features.missing());
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
            boolean missing = policy != MissingPolicy.REJECT
                    && (fields[i].isMissing(row) || words.isNumber(row, fields[i].place()));
            if (!missing) {
                numbers[i] = read(row, fields[i]);
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

    private double read(Row row, NumberField field) throws InvalidSampleException {
        if (row.isWord(field.place())) {
            throw TextForNumber.invalid(spec, field.name(), row, field.place());
        }
        return field.read(row);
    }
}
