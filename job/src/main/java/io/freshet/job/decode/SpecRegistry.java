package io.freshet.job.decode;

import io.freshet.job.source.SpecChange;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.SpecCompatibility;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The specifications that decoder and learner work by: those that the job was started with, or after a restart those of
 * the checkpoint, and every change since.
 *
 * <p>Starting with specifications, rather than waiting for the models topic, is what makes the first sample of a bounded
 * run find its model.
 */
public final class SpecRegistry implements Serializable {
    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(SpecRegistry.class);

    /** Broadcast state: a model's name to its YAML. */
    public static final MapStateDescriptor<String, String> STATE =
            new MapStateDescriptor<>("specifications", Types.STRING, Types.STRING);

    private final ArrayList<SpecChange> initial;

    /** Makes a registry that starts with {@code initial}. */
    public SpecRegistry(List<ModelSpec> initial) {
        this.initial = new ArrayList<>();
        initial.forEach(spec -> this.initial.add(SpecChange.applied(spec)));
    }

    /** Brings the broadcast state back, or starts it, and returns the specifications in the order of their names. */
    public List<ModelSpec> initialize(FunctionInitializationContext context) throws Exception {
        BroadcastState<String, String> specs = context.getOperatorStateStore().getBroadcastState(STATE);
        if (!context.isRestored()) {
            for (SpecChange change : initial) {
                apply(change, specs);
            }
        }
        return read(specs.immutableEntries());
    }

    /** Puts a change into the broadcast state; returns false, and says why, if it is refused. */
    public boolean apply(SpecChange change, BroadcastState<String, String> specs) throws Exception {
        if (change.isDeletion()) {
            specs.remove(change.name);
            return true;
        }
        String yaml = specs.get(change.name);
        if (yaml != null) {
            String reason = SpecCompatibility.refusal(ModelSpec.parse(yaml), change.spec());
            if (reason != null) {
                LOG.warn("model {}: change refused: {}", change.name, reason);
                return false;
            }
        }
        specs.put(change.name, change.yaml);
        return true;
    }

    /** Returns the specifications of a broadcast state, in the order of their names. */
    static List<ModelSpec> read(Iterable<Map.Entry<String, String>> entries) {
        TreeMap<String, ModelSpec> specs = new TreeMap<>();
        for (Map.Entry<String, String> entry : entries) {
            specs.put(entry.getKey(), ModelSpec.parse(entry.getValue()));
        }
        return new ArrayList<>(specs.values());
    }
}
