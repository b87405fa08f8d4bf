package io.freshet.server.instances;

import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.feature.FeatureSpec;
import io.freshet.server.body.RequestException;
import io.freshet.server.instances.ScalarColumn.Kind;
import io.freshet.server.request.Datatype;
import io.freshet.server.request.InputTensor;
import io.freshet.server.request.TensorData;
import io.freshet.server.store.ParameterSet;
import io.freshet.server.store.RequestFields;
import io.freshet.server.store.ServedModel;
import io.freshet.server.store.ServedSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a request to one model: fields of its newest specification, or of the versions that it can go back to, and
 * ids. There are no others, so a request cannot create more than the model has fields. Not thread-safe.
 */
final class InstanceColumns {
    /** The ids of the rows for the answer log, unless a field has this name. */
    private static final String ID = "id";

    private final String model;
    /** Those that the versions of the model have, the newest first. */
    private final Set<ServedSpec> specs;

    private final Map<String, InstanceColumn> columns = new LinkedHashMap<>();

    InstanceColumns(ServedModel served) {
        model = served.name();
        specs = new LinkedHashSet<>(List.of(served.spec()));
        if (!served.spec().isKeyed()) {
            served.versions("").stream().map(ParameterSet::served).forEach(specs::add);
        }
    }

    /** Returns the fields in the order of the model's metadata. */
    List<String> fields() {
        return List.copyOf(newest().fields().names());
    }

    /**
     * Returns the column of a field.
     *
     * @param row in which it is, for messages
     * @throws RequestException if the model has no such field
     */
    InstanceColumn of(String name, int row) throws RequestException {
        InstanceColumn column = columns.get(name);
        if (column == null) {
            column = create(name);
            if (column == null) {
                throw RequestException.unknown(
                        "instances[" + row + "]", name, newest().fields().names(), "a field of model " + model);
            }
            columns.put(name, column);
        }
        return column;
    }

    private @Nullable InstanceColumn create(String name) {
        for (ServedSpec served : specs) {
            InstanceColumn column = create(name, served);
            if (column != null) {
                return column;
            }
        }
        return name.equals(ID) ? new ScalarColumn(name, Kind.TEXT) : null;
    }

    private static @Nullable InstanceColumn create(String name, ServedSpec served) {
        boolean number = isOneOf(served.fields().numbers(), name);
        boolean text = isOneOf(served.fields().texts(), name);
        if (number || text) {
            boolean time = served.layout().times().contains(name);
            return new ScalarColumn(
                    name, number && text ? Kind.BOTH : number ? Kind.NUMBER : time ? Kind.TIME : Kind.TEXT);
        }
        for (FeatureSpec.Dense vector : served.spec().features().dense()) {
            if (RowLayout.wireName(vector.field()).equals(name)) {
                return new VectorColumn(
                        name, vector.length(), served.spec().model().steps());
            }
        }
        return null;
    }

    private static boolean isOneOf(List<RequestFields.Field> fields, String name) {
        return fields.stream().anyMatch(field -> field.name().equals(name));
    }

    /**
     * Returns the inputs of a request with {@code rows} rows.
     *
     * @throws RequestException if a row lacks a field that it must have
     */
    List<InputTensor> inputs(int rows) throws RequestException {
        if (specs.size() == 1) {
            for (String name : newest().fields().names()) {
                if (!newest().fields().optional().contains(name)) {
                    of(name, 0).requireAll(rows);
                }
            }
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
        double[] steps = null;
        for (InstanceColumn column : columns.values()) {
            if (column instanceof VectorColumn vector && vector.isPadded(rows)) {
                double[] other = vector.steps(rows);
                if (steps != null && !Arrays.equals(steps, other)) {
                    throw RequestException.bad(
                            "instances", "other numbers of steps", "the same in all fields of a row");
                }
                steps = other;
            }
        }
        if (steps != null && specs.stream().anyMatch(served -> served.fields().takesSteps())) {
            inputs.add(new InputTensor(
                    RequestFields.STEPS, Datatype.FP64, List.of(rows), TensorData.numbers(Datatype.FP64, steps)));
        }
    }

    private ServedSpec newest() {
        return specs.iterator().next();
    }
}
