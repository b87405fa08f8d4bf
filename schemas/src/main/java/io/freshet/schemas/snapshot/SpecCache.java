package io.freshet.schemas.snapshot;

import io.freshet.learning.model.StateLayout;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.yaml.SpecException;
import io.freshet.schemas.avro.MalformedRecordException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Caches parsed and formatted specifications: converting one takes longer than converting a small snapshot. Thread-safe. */
final class SpecCache {
    /** The cache is emptied at this size, which only a flood of specifications reaches. */
    private static final int MAXIMUM = 1_000;

    /** By identity: hashing a specification takes longer than writing a small snapshot. */
    private final Map<ModelSpec, Text> texts = Collections.synchronizedMap(new IdentityHashMap<>());

    private final Map<String, ModelSpec> parsed = new ConcurrentHashMap<>();

    /**
     * A specification as written to snapshot records, with the layout of its parameters.
     *
     * @param yaml UTF-8
     */
    record Text(byte[] yaml, String hash, StateLayout layout) {
        static Text of(ModelSpec spec) {
            StateLayout layout = spec.model().layout(spec.inputShape(), spec.outputs(), 0);
            return new Text(spec.toYaml().getBytes(StandardCharsets.UTF_8), spec.hash(), layout);
        }
    }

    Text text(ModelSpec spec) {
        if (texts.size() >= MAXIMUM) {
            texts.clear();
        }
        return texts.computeIfAbsent(spec, Text::of);
    }

    /**
     * Returns a parsed specification, the same object for equal texts, so that the keys of a model share it.
     *
     * @throws MalformedRecordException if the specification is invalid
     */
    ModelSpec parse(String yaml) throws MalformedRecordException {
        if (parsed.size() >= MAXIMUM) {
            parsed.clear();
        }
        try {
            return parsed.computeIfAbsent(yaml, ModelSpec::parse);
        } catch (SpecException e) {
            throw new MalformedRecordException("spec: " + e.getMessage());
        }
    }
}
