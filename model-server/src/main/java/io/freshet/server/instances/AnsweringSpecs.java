package io.freshet.server.instances;

import io.freshet.server.predict.Route;
import io.freshet.server.store.ParameterSet;
import io.freshet.server.store.ServedModel;
import io.freshet.server.store.ServedSpec;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the values of rows are read by, before it is known which version predicts them.
 *
 * @param specs those of the versions that may answer; a field is read as the first one that has it says
 * @param order the fields of a row that is an array: the inputs in the metadata of what the request names
 */
record AnsweringSpecs(Collection<ServedSpec> specs, List<String> order) {

    /**
     * Returns those of a model without a key.
     *
     * @param version a version, a label, or null
     */
    static AnsweringSpecs of(ServedModel model, @Nullable String version) {
        // By hash, because ModelSpec.hashCode visits the whole specification.
        Map<String, ServedSpec> specs = new LinkedHashMap<>();
        for (ParameterSet set : Route.candidates(model, "", version)) {
            specs.putIfAbsent(set.served().hash(), set.served());
        }
        if (specs.isEmpty()) {
            specs.put(model.spec().hash(), model.spec());
        }
        return new AnsweringSpecs(
                specs.values(), names(specs.values().iterator().next()));
    }

    static List<String> names(ServedSpec served) {
        return List.copyOf(served.fields().names());
    }
}
