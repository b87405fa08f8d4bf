package io.freshet.cli.predict;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parameters that a server predicted a row with, and how they led to the prediction.
 *
 * @param version null if the server does not return it
 * @param ageSeconds null if the server does not return it, or the parameters have learned nothing
 * @param contributions for each of {@link PredictionShape#explained}, those of the features by name; empty unless requested
 */
public record PredictionSource(
        @Nullable Long version, @Nullable Double ageSeconds, List<Map<String, Double>> contributions) {}
