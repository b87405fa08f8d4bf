package io.freshet.learning.math;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.learning.Golden;
import java.util.HashMap;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** Would catch an error that the library shares, and a false claim of accuracy. */
class TranscendentalGoldenTest {
    private record Promise(DoubleUnaryOperator function, double units) {}

    private static final Map<String, Promise> PROMISES = Map.of(
            "exp", new Promise(Transcendental::exp, 1),
            "log", new Promise(Transcendental::log, 1),
            "log1p", new Promise(Transcendental::log1p, 1),
            "expm1", new Promise(Transcendental::expm1, 2),
            "tanh", new Promise(Transcendental::tanh, 2),
            "cdf", new Promise(Normal::cdf, 9),
            "density", new Promise(Normal::density, 9));

    @Test
    void equals_values_computed_with_60_digits_within_the_documented_errors() {
        Map<String, Double> worst = new HashMap<>();
        for (JsonNode golden : Golden.read("transcendental.json")) {
            String name = golden.get("function").textValue();
            double x = golden.get("x").doubleValue();
            double y = golden.get("y").doubleValue();

            double value = PROMISES.get(name).function().applyAsDouble(x);

            double error =
                    Math.abs((value - y) / Math.ulp(y) - golden.get("missed").doubleValue());
            assertThat(error)
                    .as("%s(%s): %s (expected: %s)", name, x, value, y)
                    .isLessThan(PROMISES.get(name).units());
            worst.merge(name, error, Math::max);
        }
        System.out.println("largest errors, in units in the last place: " + worst);
        assertThat(worst).as("functions in the golden file").containsOnlyKeys(PROMISES.keySet());
    }
}
