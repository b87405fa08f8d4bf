package io.freshet.learning.encode;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Sample;
import io.freshet.learning.spec.ModelSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.api.AbstractThrowableAssert;

/** A record with every kind of feature, and the model that tests encode it for. */
final class Flight {
    static final String BINARY = """
            name: flights
            label: late
            weight: w
            features:
              numeric: [distance, hour]
              categorical: [origin]
              cross: [[origin, dest]]
              sparse: [tags]
              hashBits: 12
            loss: binary-cross-entropy
            """;
    static final Map<String, Object> GOOD = Map.of(
            "distance", 12.5, "hour", -3.0, "late", 1.0, "w", 2.0, "origin", "ZRH", "dest", "JFK", "tags", "7:0.5 9:2");

    private Flight() {}

    static Sample encode(String yaml, Map<String, Object> fields) throws InvalidSampleException {
        ModelSpec spec = ModelSpec.parse(yaml);
        RowLayout layout = RowLayout.of(List.of(spec));
        return new FeatureEncoder(spec, layout).encode(row(layout, fields), 5, 77);
    }

    static AbstractThrowableAssert<?, ?> assertRejected(String yaml, Map<String, Object> fields) {
        return assertThatThrownBy(() -> encode(yaml, fields))
                .as(() -> Arrays.toString(fields.entrySet().toArray()).substring(0, 80))
                .isInstanceOf(InvalidSampleException.class);
    }

    static Row row(RowLayout layout, Map<String, Object> fields) {
        Row row = new Row(layout);
        row.clear();
        row.eventTime(1234);
        fields.forEach((name, value) -> {
            if (value instanceof Double number) {
                row.number(layout.number(name), number);
            } else {
                row.copyText(layout.text(name), value.toString());
            }
        });
        return row;
    }

    static Map<String, Object> with(Map<String, Object> fields, String name, Object value) {
        Map<String, Object> changed = new TreeMap<>(fields);
        changed.put(name, value);
        return changed;
    }

    static Map<String, Object> without(Map<String, Object> fields, String name) {
        Map<String, Object> changed = new TreeMap<>(fields);
        changed.remove(name);
        return changed;
    }
}
