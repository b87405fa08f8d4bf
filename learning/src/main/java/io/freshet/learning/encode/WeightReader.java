package io.freshet.learning.encode;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.spec.FieldSpec;
import org.jspecify.annotations.Nullable;

/** Reads a sample's weight: the weight field or 1, divided by the sampling rate if the model has one. */
final class WeightReader {
    private static final String WEIGHT = "a number from 0 to 3.4e38";
    private static final String RATE = "a probability in [1e-6, 1]";

    private final @Nullable NumberField weight;
    private final @Nullable NumberField samplingRate;

    WeightReader(FieldSpec fields, FieldPlaces places) {
        weight = places.optionalNumber(fields.weight());
        samplingRate = places.optionalNumber(fields.samplingRate());
    }

    float read(Row row) throws InvalidSampleException {
        double value = weight == null ? 1 : weight(weight, row);
        if (samplingRate == null) {
            return (float) value;
        }
        double rate = rate(samplingRate, row);
        float corrected = (float) (value / rate);
        if (!(corrected <= Float.MAX_VALUE)) {
            throw InvalidSampleException.of(
                    weight == null ? "" : weight.name(), value, "a number that fits a float after division by " + rate);
        }
        return corrected;
    }

    private static double weight(NumberField field, Row row) throws InvalidSampleException {
        double weight = field.read(row, WEIGHT);
        if (weight < 0) {
            throw InvalidSampleException.of(field.name(), weight, WEIGHT);
        }
        return weight;
    }

    private static double rate(NumberField field, Row row) throws InvalidSampleException {
        double rate = field.read(row, RATE);
        if (!(rate >= 1e-6 && rate <= 1)) {
            throw InvalidSampleException.of(field.name(), rate, RATE);
        }
        return rate;
    }
}
