package io.freshet.server.instances;

import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.FeatureSpec;
import io.freshet.server.body.RequestException;
import io.freshet.server.instances.ScalarColumn.Kind;
import io.freshet.server.predict.ModelInputs;
import io.freshet.server.request.Datatype;
import io.freshet.server.request.InputTensor;
import io.freshet.server.request.TensorData;
import io.freshet.server.store.RequestFields;
import io.freshet.server.store.ServedSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a request to one model: fields of the versions that may answer, and ids and times. There are no others, so a
 * request cannot create more than the model has fields. Not thread-safe.
 */
final class InstanceColumns {
    /** The ids of the rows for the answer log, unless a field has this name. */
    private static final String ID = "id";
    /** The event times of the rows, unless a field has this name. */
    private static final String EVENT_TIME = "event_time";
    /** Limits the places of absent values, since a row may name few of many fields. */
    private static final int MAXIMUM_CELLS = 1 << 22;

    private final String model;
    private final Collection<ServedSpec> specs;
    private final List<String> order;
    /** Fields that only the join reads, by the applied specification. */
    private final Set<String> joinFields;

    /** Fields that every row must have. If the versions have different ones, that depends on the version. */
    private final List<String> required;

    private final Map<String, InstanceColumn> columns = new LinkedHashMap<>();
    /** Values of all rows so far, with nulls. */
    private long values;

    InstanceColumns(String model, AnsweringSpecs answering, Set<String> joinFields) {
        this.model = model;
        this.joinFields = joinFields;
        specs = answering.specs();
        order = answering.order();
        required = isOneSpec()
                ? order.stream()
                        .filter(name -> specs.stream()
                                .noneMatch(spec -> spec.fields().optional().contains(name)))
                        .toList()
                : List.of();
    }

    private boolean isOneSpec() {
        return specs.size() == 1;
    }

    /** @throws RequestException if the rows until this one have too many places without a value */
    void startRow(int row) throws RequestException {
        requireRoom(row + 1L, columns.size());
    }

    /**
     * Returns the column of a field, to read its value in a row.
     *
     * @throws RequestException if the model has no such field
     */
    InstanceColumn of(String name, int row) throws RequestException {
        values++;
        return column(name, row);
    }

    /** @throws RequestException if the row lacks a field that it must have */
    void endRow(int row) throws RequestException {
        for (String name : required) {
            column(name, row).require(row);
        }
    }

    private InstanceColumn column(String name, int row) throws RequestException {
        InstanceColumn column = columns.get(name);
        if (column == null) {
            column = create(name);
            if (column == null) {
                Set<String> known = new LinkedHashSet<>(order);
                specs.forEach(spec -> known.addAll(spec.fields().names()));
                throw ModelInputs.unknown("instances[" + row + "]", name, known, model, specs);
            }
            requireRoom(row + 1L, columns.size() + 1);
            columns.put(name, column);
        }
        return column;
    }

    private void requireRoom(long rows, int fields) throws RequestException {
        if (rows * fields > Math.max(values, MAXIMUM_CELLS)) {
            throw RequestException.bad(
                    "instances",
                    rows + " rows and " + fields + " fields, with " + values + " values",
                    "rows with the same fields together; with absent values, up to " + MAXIMUM_CELLS);
        }
    }

    private @Nullable InstanceColumn create(String name) {
        for (ServedSpec served : specs) {
            InstanceColumn column = create(name, served);
            if (column != null) {
                return column;
            }
        }
        return switch (name) {
            case ID -> new ScalarColumn(name, Kind.TEXT, true);
            case EVENT_TIME -> new ScalarColumn(name, Kind.NUMBER, true);
            default -> joinFields.contains(name) ? joinColumn(name) : null;
        };
    }

    private @Nullable InstanceColumn create(String name, ServedSpec served) {
        if (isNumber(name, served) || isText(name, served)) {
            // A field may be a number of one version, and a text of another.
            boolean number = specs.stream().anyMatch(each -> isNumber(name, each));
            boolean text = specs.stream().anyMatch(each -> isText(name, each));
            boolean time = served.layout().times().contains(name);
            Kind kind = number && text ? Kind.BOTH : number ? Kind.NUMBER : time ? Kind.TIME : Kind.TEXT;
            return new ScalarColumn(
                    name, kind, !isOneSpec() || served.fields().optional().contains(name));
        }
        if (served.fields().unread().contains(name)) {
            return joinColumn(name);
        }
        for (FeatureSpec.Dense vector : served.spec().features().dense()) {
            if (RowLayout.wireName(vector.field()).equals(name)) {
                return new VectorColumn(
                        name, vector.length(), served.spec().model().steps(), !isOneSpec());
            }
        }
        return null;
    }

    private static boolean isNumber(String name, ServedSpec served) {
        return isOneOf(served.fields().numbers(), name);
    }

    private static boolean isText(String name, ServedSpec served) {
        return isOneOf(served.fields().texts(), name);
    }

    private static InstanceColumn joinColumn(String name) {
        return new ScalarColumn(name, Kind.BOTH, true);
    }

    private static boolean isOneOf(List<RequestFields.Field> fields, String name) {
        return fields.stream().anyMatch(field -> field.name().equals(name));
    }

    /**
     * Returns the inputs of a request with {@code rows} rows.
     *
     * @throws RequestException if the rows of a vector are too different
     */
    List<InputTensor> inputs(int rows) throws RequestException {
        if (columns.isEmpty()) {
            // The model may predict a row that has nothing, but not a request without inputs.
            column(order.get(0), 0);
        }
        List<InputTensor> inputs = new ArrayList<>();
        for (InstanceColumn column : columns.values()) {
            column.addTo(inputs, rows);
        }
        addSteps(inputs, rows);
        return inputs;
    }

    /** Adds the numbers of steps, if sequences were padded and the model has no field for them. */
    private void addSteps(List<InputTensor> inputs, int rows) throws RequestException {
        List<VectorColumn> sequences = columns.values().stream()
                .filter(VectorColumn.class::isInstance)
                .map(VectorColumn.class::cast)
                .filter(VectorColumn::isSequence)
                .toList();
        if (sequences.stream().noneMatch(sequence -> sequence.isPadded(rows))) {
            return;
        }
        for (VectorColumn sequence : sequences) {
            sequence.requireStepsOf(sequences.get(0), rows);
        }
        if (specs.stream().anyMatch(served -> served.fields().takesSteps())) {
            inputs.add(new InputTensor(
                    RequestFields.STEPS,
                    Datatype.FP64,
                    List.of(rows),
                    TensorData.numbers(Datatype.FP64, sequences.get(0).steps(rows))));
        }
    }
}
