package io.freshet.job.decode;

import io.freshet.job.record.SpecChange;
import io.freshet.learning.learner.WarmStart;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.SpecCompatibility;
import io.freshet.learning.spec.WarmStartReference;
import io.freshet.schemas.avro.MalformedRecordException;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The specifications that decoder and learner work by: those that the job was started with, or after a restart those of
 * the checkpoint, and every change since.
 *
 * <p>Starting with specifications, rather than waiting for the models topic, is what makes the first sample of a bounded
 * run find its model. Decoder and learner are given the same changes in the same order, and refuse the same ones.
 */
@SuppressWarnings("NullAway.Init") // initialize comes before anything else.
public final class SpecRegistry implements Serializable {
    private static final long serialVersionUID = 1;
    private static final String NOTHING = "";
    /** A checkpoint is seldom so late that more changes than these wait for it; each may be as large as its model. */
    private static final int OLDER_STARTS = 3;

    private static final Logger LOG = LoggerFactory.getLogger(SpecRegistry.class);

    /** Broadcast state: a model's name to its YAML. */
    public static final MapStateDescriptor<String, String> STATE =
            new MapStateDescriptor<>("specifications", Types.STRING, Types.STRING);

    private final ArrayList<SpecChange> initial;
    private final boolean keepsParameters;
    private transient BroadcastState<String, String> specs;
    private transient WarmStartParts parts;
    /** The checksums that the last specifications of each model before the newest start from: samples may wait for one. */
    private transient Map<String, Deque<String>> olderStarts;

    /** Makes a registry that starts with {@code initial}. */
    public SpecRegistry(List<ModelSpec> initial) {
        this(initial, List.of());
    }

    /** @param parts of the parameters that {@code initial} start from */
    public SpecRegistry(List<ModelSpec> initial, List<SpecChange> parts) {
        this(new ArrayList<>(parts), true);
        initial.forEach(spec -> this.initial.add(SpecChange.applied(spec)));
    }

    private SpecRegistry(ArrayList<SpecChange> initial, boolean keepsParameters) {
        this.initial = initial;
        this.keepsParameters = keepsParameters;
    }

    /** Returns one that lets go of the parameters to start from once it has seen that they fit. */
    SpecRegistry withoutParameters() {
        return new SpecRegistry(initial, false);
    }

    /** Brings the broadcast state back, or starts it, and returns the specifications in the order of their names. */
    public List<ModelSpec> initialize(FunctionInitializationContext context) throws Exception {
        specs = context.getOperatorStateStore().getBroadcastState(STATE);
        parts = new WarmStartParts(context.getOperatorStateStore());
        olderStarts = new HashMap<>();
        if (!context.isRestored()) {
            for (SpecChange change : initial) {
                apply(change);
            }
        }
        return specs();
    }

    /** Takes a change in; returns whether a specification is another one now, and says why if it is refused. */
    public boolean apply(SpecChange change) throws Exception {
        if (change.isPart()) {
            parts.put(change);
            return false;
        }
        if (change.isDeletion()) {
            specs.remove(change.name);
            olderStarts.remove(change.name);
            parts.keep(change.name, Set.of());
            return true;
        }
        String yaml = specs.get(change.name);
        ModelSpec current = yaml == null ? null : ModelSpec.parse(yaml);
        ModelSpec after = change.spec();
        String reason = refusal(current, after);
        if (reason == null) {
            specs.put(change.name, change.yaml);
            superseded(change.name, checksum(current));
            current = after;
        } else {
            LOG.warn("model {}: change refused: {}", change.name, reason);
        }
        Set<String> kept = new HashSet<>(olderStarts.getOrDefault(change.name, new ArrayDeque<>()));
        kept.add(checksum(current));
        parts.keep(change.name, keepsParameters ? kept : Set.of());
        return reason == null;
    }

    private void superseded(String name, String start) {
        Deque<String> older = olderStarts.computeIfAbsent(name, key -> new ArrayDeque<>());
        older.remove(start);
        older.addLast(start);
        if (older.size() > OLDER_STARTS) {
            older.removeFirst();
        }
    }

    private @Nullable String refusal(@Nullable ModelSpec before, ModelSpec after) throws Exception {
        String reason = before == null ? null : SpecCompatibility.refusal(before, after);
        WarmStartReference warmStart = after.stream().warmStart();
        if (reason != null || warmStart == null) {
            return reason;
        }
        String misfit;
        if (before != null && warmStart.checksum().equals(checksum(before))) {
            misfit = SpecCompatibility.misfit(before, after);
        } else {
            try {
                misfit = parts.join(after.name(), warmStart.checksum()).misfit(after);
            } catch (MalformedRecordException e) {
                misfit = e.getMessage();
            }
        }
        return misfit == null ? null : "warmStart " + warmStart + ": " + misfit;
    }

    private static String checksum(@Nullable ModelSpec spec) {
        WarmStartReference warmStart = spec == null ? null : spec.stream().warmStart();
        return warmStart == null ? NOTHING : warmStart.checksum();
    }

    /** Returns what the states of a model start from, or go over to; null if nothing but what its specification says. */
    public @Nullable WarmStart base(ModelSpec spec) throws Exception {
        String checksum = checksum(spec);
        return checksum.equals(NOTHING) ? null : parts.join(spec.name(), checksum);
    }

    /** Returns the specifications, in the order of their names. */
    List<ModelSpec> specs() throws Exception {
        TreeMap<String, ModelSpec> byName = new TreeMap<>();
        for (Map.Entry<String, String> entry : specs.immutableEntries()) {
            byName.put(entry.getKey(), ModelSpec.parse(entry.getValue()));
        }
        return new ArrayList<>(byName.values());
    }
}
