package io.freshet.server.predict;

import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.FeatureSpec;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.kafka.KeyField;
import io.freshet.server.body.RequestException;
import io.freshet.server.body.RequestExcerpt;
import io.freshet.server.request.InputTensor;
import io.freshet.server.request.TensorData;
import io.freshet.server.store.RequestFields;
import io.freshet.server.store.ServedSpec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Encodes the labeled rows of a request as records of the samples topic, and checks them as the trainer does.
 *
 * <p>Holds scratch space; create one per request.
 */
public final class SampleEncoder {
    private final ModelSpec spec;
    private final RowLayout layout;
    private final RequestFields fields;
    private final Row row;
    private final FeatureEncoder features;
    private final io.freshet.schemas.sample.RowEncoder records;
    private final @Nullable KeyField key;
    private final List<InputColumn> columns = new ArrayList<>();

    /**
     * A record of the samples topic.
     *
     * @param key value of the model's key field, so that all samples of a key are in one partition; null for a model without
     *     one
     */
    public record Encoded(byte @Nullable [] key, byte[] value) {}

    /** @throws RequestException if an input is unknown, repeated, or has the wrong datatype or shape */
    public SampleEncoder(ServedSpec served, List<InputTensor> inputs) throws RequestException {
        spec = served.spec();
        layout = served.layout();
        fields = served.fields();
        row = new Row(layout);
        features = new FeatureEncoder(spec, layout);
        records = new io.freshet.schemas.sample.RowEncoder(layout);
        key = KeyField.of(spec, layout);
        Set<String> seen = new HashSet<>();
        for (InputTensor input : inputs) {
            columns.add(column(input, inputs));
            if (!seen.add(input.datatype().isText() + input.name())) {
                throw RequestException.bad("inputs", RequestExcerpt.name(input.name()) + " twice", "each field once");
            }
        }
    }

    /**
     * Returns a row of the request as a record for this model only.
     *
     * @throws InvalidSampleException if the trainer would reject it
     * @throws RequestException the same, for a value that is out of range
     */
    public Encoded encode(int index) throws InvalidSampleException, RequestException {
        row.clear();
        for (InputColumn column : columns) {
            column.copy(index, row);
        }
        if (key != null) {
            key.check(row);
        }
        features.encode(row, 0, 0);
        byte[] value = records.encode(row, spec.name());
        return new Encoded(key == null ? null : row.text(key.place()).getBytes(StandardCharsets.UTF_8), value);
    }

    private InputColumn column(InputTensor input, List<InputTensor> inputs) throws RequestException {
        String name = input.name();
        boolean text = input.datatype().isText();
        if (text && layout.text(name) >= 0) {
            return new InputColumn.Texts(layout.text(name), requireColumn(input));
        }
        if (!text && layout.number(name) >= 0) {
            return new InputColumn.Numbers(layout.number(name), requireColumn(input));
        }
        if (!text && layout.vector(name) >= 0) {
            return vectors(input, inputs);
        }
        if (known().contains(name)) {
            throw RequestException.bad(
                    RequestExcerpt.name(name),
                    input.data().excerpt(0) + " (" + input.datatype() + ")",
                    text ? "numbers" : "texts (BYTES)");
        }
        return ofRecord(input);
    }

    /** Returns the column of an input that is not a field: what identifies the record, or the lengths of sequences. */
    private InputColumn ofRecord(InputTensor input) throws RequestException {
        boolean text = input.datatype().isText();
        return switch (input.name()) {
            case RowIds.INPUT -> {
                TensorData ids = RowIds.column(input);
                yield (index, into) -> {
                    if (!ids.isNull(index)) {
                        into.id(ids.texts()[index]);
                    }
                };
            }
            case RowTimes.INPUT -> {
                RowTimes times = new RowTimes(RowTimes.column(input));
                yield (index, into) -> {
                    Long time = times.of(index);
                    if (time != null) {
                        into.eventTime(time);
                    }
                };
            }
            case RequestFields.STEPS -> {
                requireType(input, !text && fields.takesSteps(), "no input, or numbers for a model of sequences");
                yield (index, into) -> {};
            }
            default -> throw unknown(input.name());
        };
    }

    private InputColumn vectors(InputTensor input, List<InputTensor> inputs) throws RequestException {
        input.requireValues();
        InputColumn.Vectors vectors = new InputColumn.Vectors(
                layout.vector(input.name()),
                RequestExcerpt.name(input.name()),
                input.data().numbers(),
                input.width());
        if (!fields.takesSteps() || !ModelInputs.hasSteps(inputs)) {
            return vectors;
        }
        return new InputColumn.Steps(vectors, numbersOfStep(input), InputEncoder.steps(inputs));
    }

    /** Returns how many numbers a step of a sequence has; the label has one. */
    private int numbersOfStep(InputTensor input) {
        return spec.features().dense().stream()
                .filter(vector -> RowLayout.wireName(vector.field()).equals(input.name()))
                .mapToInt(FeatureSpec.Dense::length)
                .findFirst()
                .orElse(1);
    }

    static TensorData requireColumn(InputTensor input) throws RequestException {
        if (!input.isColumn()) {
            throw RequestException.bad(
                    RequestExcerpt.name(input.name()) + ".shape", input.shape(), InputEncoder.COLUMN);
        }
        return input.data();
    }

    private static void requireType(InputTensor input, boolean holds, String expected) throws RequestException {
        if (!holds) {
            throw RequestException.bad(input.name(), input.data().excerpt(0) + " (" + input.datatype() + ")", expected);
        }
    }

    private Set<String> known() {
        Set<String> known = new LinkedHashSet<>(layout.numbers());
        known.addAll(layout.texts());
        layout.vectors().forEach(vector -> known.add(RowLayout.wireName(vector)));
        return known;
    }

    private RequestException unknown(String name) {
        Set<String> known = known();
        known.addAll(List.of(RowIds.INPUT, RowTimes.INPUT));
        return RequestException.unknown("inputs", name, known, "a field of model " + spec.name());
    }
}
