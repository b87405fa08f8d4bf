package io.freshet.server.predict;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.server.body.RequestException;
import io.freshet.server.metrics.ModelConditions;
import io.freshet.server.request.InferRequest;
import io.freshet.server.request.RequestedOutput;
import io.freshet.server.request.UnknownKeys;
import io.freshet.server.store.KeyLabels;
import io.freshet.server.store.ParameterSet;
import io.freshet.server.store.ServedModel;
import io.freshet.server.store.ServedSpec;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs inference requests.
 *
 * <p>All rows of a model without a key use one parameter set; each row of a keyed model uses the set of its key, or what
 * {@link UnknownKeyRule} selects. A request looks its sets up once, before it encodes any row, so a concurrent swap does
 * not affect it.
 */
public final class Inference {
    /**
     * Limit on the numbers in a response: rows times K, times the specification's steps for a sequence. One row is
     * always allowed.
     */
    private static final int MAXIMUM_PREDICTIONS = 1_000_000;

    private final UnknownKeyRule unknownKeys;
    private final Function<String, Set<String>> joinFields;
    private final ModelConditions conditions;
    private final InstantSource clock;

    /**
     * @param joinFields fields that only the join reads from the requests to a model, by its applied specification
     * @param clock when rows are predicted, for the ages of their parameters
     */
    public Inference(
            UnknownKeyRule unknownKeys,
            Function<String, Set<String>> joinFields,
            ModelConditions conditions,
            InstantSource clock) {
        this.unknownKeys = unknownKeys;
        this.joinFields = joinFields;
        this.conditions = conditions;
        this.clock = clock;
    }

    /**
     * Returns the response to a request.
     *
     * @param version a version, a label, or null for one selected by the labels
     * @throws RequestException if the request does not fit the model, or the version or all keys are not served
     */
    public InferResponse infer(ServedModel model, @Nullable String version, InferRequest request)
            throws RequestException {
        return infer(model, version, Route.of(request, version), request);
    }

    /**
     * Like the above.
     *
     * @param route selects the versions that predict the rows
     */
    InferResponse infer(ServedModel model, @Nullable String version, Route route, InferRequest request)
            throws RequestException {
        ServedSpec newest = model.spec();
        List<RowSource> sources =
                newest.isKeyed() ? keyed(model, route, request) : List.of(unkeyed(model, route, request));
        ServedSpec spec = outputSpec(newest, sources);
        checkSize(spec.spec(), request.rows());
        List<ModelOutput> outputs = requestedOutputs(request.outputs(), ModelOutput.of(spec), model.name());

        ModelInputs.check(
                request.inputs(), model.name(), specs(model, version, sources), joinFields.apply(model.name()));
        boolean explain = request.parameters().explain();
        if (explain) {
            Explanations.check(spec.spec(), request.rows());
        }
        PredictedRows rows = new PredictedRows(
                sources, BatchPredictor.of(request, sources), explain ? Explanations.of(request, sources) : List.of());
        List<ModelOutput> answered =
                withErrors(outputs, sources, request.outputs().isEmpty());
        if (request.parameters().lineage() && newest.isKeyed()) {
            answered.add(ModelOutput.OFFSETS);
        }
        if (explain) {
            answered.add(ModelOutput.CONTRIBUTIONS);
        }
        if (newest.isKeyed()
                && sources.stream().anyMatch(source -> !source.label().isEmpty())) {
            answered.add(ModelOutput.VERSION_LABEL);
        }
        long now = clock.millis();
        return new InferResponse(
                request,
                spec,
                rows,
                rows.longest() / spec.spec().outputs(),
                answered,
                watermark -> conditions.ageSeconds(newest.spec(), watermark, now));
    }

    /** Returns the specifications whose inputs a request may have: also those of versions that would answer another one. */
    private static Collection<ServedSpec> specs(ServedModel model, @Nullable String version, List<RowSource> sources) {
        // By hash, because ModelSpec.hashCode visits the whole specification and a keyed model has a set per row.
        Map<String, ServedSpec> specs = new LinkedHashMap<>();
        if (model.spec().isKeyed()) {
            specs.put(model.spec().hash(), model.spec());
        }
        for (RowSource source : sources) {
            ParameterSet set = source.set();
            if (set != null) {
                specs.putIfAbsent(set.served().hash(), set.served());
                KeyLabels labels = version == null ? model.labels(set.snapshot().key()) : null;
                if (labels != null) {
                    labels.sets()
                            .forEach(each -> specs.putIfAbsent(each.served().hash(), each.served()));
                }
            }
        }
        return specs.values();
    }

    private List<RowSource> keyed(ServedModel model, Route route, InferRequest request) throws RequestException {
        ModelSpec spec = model.spec().spec();
        if (request.inputs().stream().noneMatch(input -> input.name().equals(spec.key()))) {
            // Reports a misspelled key field as an unknown input, with a suggestion, rather than as missing.
            ModelInputs.check(request.inputs(), model.name(), List.of(model.spec()), joinFields.apply(model.name()));
        }
        return KeyedRows.sources(model, request, route, unknownKeys);
    }

    private static RowSource unkeyed(ServedModel model, Route route, InferRequest request) throws RequestException {
        UnknownKeys requested = request.parameters().unknownKeys();
        if (requested != null) {
            throw RequestException.bad(
                    "parameters.unknown_keys", requested.label(), "none; model " + model.name() + " has no key");
        }
        RowSource source = route.find(model, "");
        if (source == null) {
            throw RequestException.notFound(VersionLookup.noSuchKey(model, ""));
        }
        return source;
    }

    /** Returns the specification of the first row that a set of the model predicts, not of its parent. */
    private static ServedSpec outputSpec(ServedSpec newest, List<RowSource> sources) {
        for (RowSource source : sources) {
            if (source.set() != null && source.set().served().isKeyed() == newest.isKeyed()) {
                return source.set().served();
            }
        }
        return newest;
    }

    /** Adds the errors of rows if there are any; without any, they are returned only on request. */
    private static List<ModelOutput> withErrors(List<ModelOutput> outputs, List<RowSource> sources, boolean all) {
        boolean failed = sources.stream().anyMatch(source -> source.set() == null);
        List<ModelOutput> changed = new ArrayList<>(outputs);
        if (failed && !changed.contains(ModelOutput.ERROR)) {
            changed.add(ModelOutput.ERROR);
        } else if (!failed && all) {
            changed.remove(ModelOutput.ERROR);
        }
        return changed;
    }

    private static void checkSize(ModelSpec spec, int rows) throws RequestException {
        int maximumRows = Math.max(1, MAXIMUM_PREDICTIONS / spec.logitCount());
        if (rows > maximumRows) {
            int steps = spec.model().steps();
            String unit = spec.loss().task().hasClasses() ? " classes" : " outputs";
            throw RequestException.bad(
                    "rows",
                    rows,
                    "up to " + maximumRows + " for " + (steps > 0 ? steps + " steps of " : "") + spec.outputs() + unit);
        }
    }

    private static List<ModelOutput> requestedOutputs(List<RequestedOutput> named, List<ModelOutput> all, String model)
            throws RequestException {
        if (named.isEmpty()) {
            return all;
        }
        List<ModelOutput> requested = new ArrayList<>();
        List<String> labels = all.stream().map(ModelOutput::label).toList();
        for (RequestedOutput output : named) {
            String name = output.name();
            int index = labels.indexOf(name);
            if (index < 0) {
                throw RequestException.unknown("outputs", name, labels, "an output of model " + model);
            }
            if (requested.contains(all.get(index))) {
                throw RequestException.bad("outputs", name + " twice", "each output once");
            }
            requested.add(all.get(index));
        }
        return requested;
    }
}
