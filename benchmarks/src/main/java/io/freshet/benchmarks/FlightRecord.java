package io.freshet.benchmarks;

import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.sample.SampleWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A typical sample with four numbers and two texts, and a model that uses all of them. */
final class FlightRecord {
    static final ModelSpec SPEC = ModelSpec.parse("""
            name: delays
            label: delayed
            features:
              numeric: [minute_of_day, day_of_week, distance_miles]
              categorical: [origin, destination]
              cross: [[origin, destination]]
              hashBits: 18
            loss: binary-cross-entropy
            """);
    static final RowLayout LAYOUT = RowLayout.of(List.of(SPEC));

    private FlightRecord() {}

    static byte[] bytes() {
        Map<String, Double> numbers = new LinkedHashMap<>();
        numbers.put("minute_of_day", 480.0);
        numbers.put("day_of_week", 1.0);
        numbers.put("distance_miles", 733.0);
        numbers.put("delayed", 1.0);
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("origin", "ORD");
        texts.put("destination", "LGA");
        return new SampleWriter().write("", "", 978_307_200_000L, numbers, texts);
    }
}
