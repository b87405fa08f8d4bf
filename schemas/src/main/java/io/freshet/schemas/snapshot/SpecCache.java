package io.freshet.schemas.snapshot;

import io.freshet.learning.parameters.StateLayout;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.yaml.SpecException;
import io.freshet.schemas.avro.MalformedRecordException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Caches specifications and their texts, since writing or parsing one takes longer than a small snapshot. Thread-safe. */
final class SpecCache {
    /** Far more than there are models: only a flood of specifications empties the cache. */
    private static final int MAXIMUM_PARSED = 1_000;

    private final Map<ModelSpec, Text> texts = new ConcurrentHashMap<>();
    private final Map<String, ModelSpec> parsed = new ConcurrentHashMap<>();

    /** What every record of a specification's snapshots repeats, and how their parameters are cut into blocks. */
    record Text(String yaml, String hash, StateLayout layout) {
        static Text of(ModelSpec spec) {
            StateLayout layout = spec.model().layout(spec.inputShape(), spec.outputs(), 0);
            return new Text(spec.toYaml(), spec.hash(), layout);
        }
    }

    Text text(ModelSpec spec) {
        return texts.computeIfAbsent(spec, Text::of);
    }

    /**
     * Returns a specification, the same one for the same text: the keys of a model share theirs.
     *
     * @throws MalformedRecordException if the specification is invalid
     */
    ModelSpec parse(String yaml) throws MalformedRecordException {
        if (parsed.size() >= MAXIMUM_PARSED) {
            parsed.clear();
        }
        try {
            return parsed.computeIfAbsent(yaml, ModelSpec::parse);
        } catch (SpecException e) {
            throw new MalformedRecordException("spec: " + e.getMessage());
        }
    }
}
