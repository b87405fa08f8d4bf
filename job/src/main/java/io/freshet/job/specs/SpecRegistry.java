package io.freshet.job.specs;

import io.freshet.job.record.SpecChange;
import io.freshet.learning.predict.WarmStart;
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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The specifications of the decoder and the learner: those that the job started with, or those of the restored checkpoint, with
 * every change since.
 *
 * <p>The job starts with specifications, rather than waiting for the models topic, so that the first sample of a bounded run
 * finds its model. The decoder and the learner receive the same changes in the same order, and refuse the same ones.
 */
@SuppressWarnings("NullAway.Init") // Callers call initialize first.
public final class SpecRegistry implements Serializable {
    private static final long serialVersionUID = 1;
    /** The checksum of a specification without a warm start. */
    private static final String NONE = "";
    /** Older warm starts kept for each model. Each may be as large as the model, and more pending changes are rare. */
    private static final int OLDER_WARM_STARTS = 3;

    private static final Logger LOG = LoggerFactory.getLogger(SpecRegistry.class);

    /** Broadcast state: YAML by model name. */
    public static final MapStateDescriptor<String, String> STATE =
            new MapStateDescriptor<>("specifications", Types.STRING, Types.STRING);

    /** Earlier specifications kept for each model. Each may be as large as its features are many. */
    static final int EARLIER_SPECS = 100;

    /** Broadcast state: YAML by model name and state hash, of earlier specifications with other features. */
    private static final MapStateDescriptor<String, String> EARLIER =
            new MapStateDescriptor<>("earlier-specifications", Types.STRING, Types.STRING);

    /** Broadcast state: the state hashes of {@link #EARLIER} by model name, oldest first, separated by spaces. */
    private static final MapStateDescriptor<String, String> EARLIER_ORDER =
            new MapStateDescriptor<>("earlier-specifications-order", Types.STRING, Types.STRING);

    /** Broadcast state: the specification that gave a model another key field, by model name, until the keys before are deleted. */
    private static final MapStateDescriptor<String, String> REKEYED =
            new MapStateDescriptor<>("models-with-another-key", Types.STRING, Types.STRING);

    private final ArrayList<SpecChange> initial;
    private final Use use;

    /** What specifications are needed for. */
    private enum Use {
        /** To learn: parameters to start from and earlier specifications are kept. */
        LEARN,
        /** To read records. */
        READ,
        /** To follow an operator that has checked every change. */
        FOLLOW
    }

    private transient BroadcastState<String, String> specs;
    /** States of these may continue: a key is changed at its next sample, however late that is. */
    private transient BroadcastState<String, String> earlier;

    private transient BroadcastState<String, String> earlierOrder;

    private transient BroadcastState<String, String> rekeyed;

    private transient WarmStartParts parts;
    /** Checksums of the warm starts of each model's previous specifications, which buffered samples may need. */
    private transient Map<String, Deque<String>> olderWarmStarts;

    /** Creates a registry that starts with {@code initial}. */
    public SpecRegistry(List<ModelSpec> initial) {
        this(initial, List.of());
    }

    /** @param parts warm-start parameters of {@code initial} */
    public SpecRegistry(List<ModelSpec> initial, List<SpecChange.WarmStartPart> parts) {
        this(new ArrayList<>(parts), Use.LEARN);
        initial.forEach(spec -> this.initial.add(SpecChange.applied(spec)));
    }

    private SpecRegistry(ArrayList<SpecChange> initial, Use use) {
        this.initial = initial;
        this.use = use;
    }

    /** Returns a registry that drops warm-start parameters after checking that they are compatible. */
    public SpecRegistry withoutParameters() {
        return new SpecRegistry(initial, Use.READ);
    }

    /** Returns a registry that receives no parameters, and only changes that another one has accepted. */
    public SpecRegistry withoutChecks() {
        return new SpecRegistry(initial, Use.FOLLOW);
    }

    /** Restores or initializes the broadcast state. Returns the specifications, ordered by name. */
    public List<ModelSpec> initialize(FunctionInitializationContext context) throws Exception {
        specs = context.getOperatorStateStore().getBroadcastState(STATE);
        earlier = context.getOperatorStateStore().getBroadcastState(EARLIER);
        earlierOrder = context.getOperatorStateStore().getBroadcastState(EARLIER_ORDER);
        rekeyed = context.getOperatorStateStore().getBroadcastState(REKEYED);
        parts = new WarmStartParts(context.getOperatorStateStore());
        olderWarmStarts = new HashMap<>();
        if (!context.isRestored()) {
            for (SpecChange change : initial) {
                use(change);
            }
        }
        return specs();
    }

    /** Applies a change, or logs why it is refused. Returns whether a specification changed. */
    public boolean apply(SpecChange change) throws Exception {
        parts.changed(change);
        return use(change);
    }

    private boolean use(SpecChange change) throws Exception {
        if (change instanceof SpecChange.Applied applied) {
            return apply(applied);
        }
        if (change instanceof SpecChange.WarmStartPart part) {
            if (use != Use.FOLLOW) {
                parts.put(part);
            }
            return false;
        }
        delete(change.name());
        return true;
    }

    private void delete(String name) throws Exception {
        specs.remove(name);
        dropEarlier(name);
        rekeyed.remove(name);
        olderWarmStarts.remove(name);
        parts.keep(name, Set.of());
    }

    private boolean apply(SpecChange.Applied change) throws Exception {
        ModelSpec after = StoredSpec.accepted(change.yaml());
        if (after == null) {
            return false;
        }
        String yaml = specs.get(change.name());
        ModelSpec current = yaml == null ? null : StoredSpec.accepted(yaml);
        String reason = refusal(yaml, current, after);
        if (reason == null) {
            specs.put(change.name(), change.yaml());
            keepEarlier(current, after);
            keepOlder(change.name(), checksum(current));
            current = after;
        } else {
            LOG.warn("model {}: change refused: {}", change.name(), reason);
        }
        Set<String> kept = new HashSet<>(olderWarmStarts.getOrDefault(change.name(), new ArrayDeque<>()));
        kept.add(checksum(current));
        parts.keep(change.name(), use == Use.LEARN ? kept : Set.of());
        return reason == null;
    }

    private void keepEarlier(@Nullable ModelSpec before, ModelSpec after) throws Exception {
        if (use != Use.LEARN || before == null || before.stateHash().equals(after.stateHash())) {
            return;
        }
        if (SpecCompatibility.continues(before, after)) {
            earlier.put(before.name() + "/" + before.stateHash(), before.toYaml());
            dropOldest(before.name(), before.stateHash());
        } else {
            if (!Objects.equals(before.key(), after.key())) {
                rekeyed.put(after.name(), after.hash());
            }
            // A reset: no state continues, by whatever way.
            dropEarlier(before.name());
        }
    }

    private void dropEarlier(String name) throws Exception {
        for (String key : sorted(earlier, name + "/").keySet()) {
            earlier.remove(key);
        }
        earlierOrder.remove(name);
    }

    /**
     * Keeps the newest specifications of a model. A key with older features starts from scratch at its next sample. Records in
     * flight name a specification that {@link ActiveLearners} has, and need none of these.
     */
    private void dropOldest(String name, String newest) throws Exception {
        String order = earlierOrder.get(name);
        Set<String> hashes = new LinkedHashSet<>(order == null ? List.of() : List.of(order.split(" ")));
        hashes.remove(newest);
        hashes.add(newest);
        for (String oldest : List.copyOf(hashes)) {
            if (hashes.size() > EARLIER_SPECS) {
                hashes.remove(oldest);
                earlier.remove(name + "/" + oldest);
            }
        }
        earlierOrder.put(name, String.join(" ", hashes));
    }

    private void keepOlder(String name, String checksum) {
        Deque<String> older = olderWarmStarts.computeIfAbsent(name, key -> new ArrayDeque<>());
        older.remove(checksum);
        older.addLast(checksum);
        if (older.size() > OLDER_WARM_STARTS) {
            older.removeFirst();
        }
    }

    private @Nullable String refusal(@Nullable String yaml, @Nullable ModelSpec current, ModelSpec after)
            throws Exception {
        if (use == Use.FOLLOW) {
            return null;
        }
        return yaml != null && current == null ? unreadable(yaml, after) : refusal(current, after);
    }

    /** Returns why a change is refused, or null. A fault of the check is one of the change, since the job would meet it again. */
    private @Nullable String refusal(@Nullable ModelSpec before, ModelSpec after) throws Exception {
        try {
            return misfit(before, after);
        } catch (RuntimeException | StackOverflowError e) {
            return e.toString();
        }
    }

    /** Returns why a model whose specification this version refuses must not switch: whether its state fits is unknown. */
    private @Nullable String unreadable(String before, ModelSpec after) throws Exception {
        boolean isReplicated = after.replicas() != null || has(before, "replicas");
        if (after.stream().reset() && !isReplicated) {
            return refusal(null, after);
        }
        return StoredSpec.refusal(before)
                + "; whether its state fits is unknown (expected: the model deleted and applied again"
                + (isReplicated ? ")" : ", or reset: true to start from scratch)");
    }

    /** Returns whether a specification that this version cannot read has a field. */
    private static boolean has(String yaml, String field) {
        return yaml.lines().anyMatch(line -> line.startsWith(field + ":"));
    }

    private @Nullable String misfit(@Nullable ModelSpec before, ModelSpec after) throws Exception {
        String reason = before == null ? null : SpecCompatibility.refusal(before, after);
        WarmStartReference warmStart = after.stream().warmStart();
        if (reason != null || warmStart == null) {
            return reason;
        }
        String problem;
        if (before != null && warmStart.checksum().equals(checksum(before))) {
            problem = SpecCompatibility.misfit(before, after);
        } else {
            try {
                problem = parts.join(after.name(), warmStart.checksum()).misfit(after);
            } catch (MalformedRecordException e) {
                problem = e.getMessage();
            }
        }
        return problem == null ? null : "warmStart " + warmStart + ": " + problem;
    }

    private static String checksum(@Nullable ModelSpec spec) {
        WarmStartReference warmStart = spec == null ? null : spec.stream().warmStart();
        return warmStart == null ? NONE : warmStart.checksum();
    }

    /** Returns the parameters that the model's states start from or rebase to, or null without a warm start. */
    public @Nullable WarmStart warmStart(ModelSpec spec) throws Exception {
        String checksum = checksum(spec);
        return checksum.equals(NONE) ? null : parts.join(spec.name(), checksum);
    }

    /** Returns the specifications that this version refuses, ordered by name. */
    public List<RefusedSpec> refused() throws Exception {
        return refused(yaml -> true);
    }

    /** Returns those of {@link #refused()} that have a join. */
    public List<RefusedSpec> refusedJoins() throws Exception {
        return refused(yaml -> has(yaml, "join"));
    }

    private List<RefusedSpec> refused(Predicate<String> selected) throws Exception {
        List<RefusedSpec> refused = new ArrayList<>();
        for (Map.Entry<String, String> entry : sorted(specs, "").entrySet()) {
            String reason = StoredSpec.refusal(entry.getValue());
            if (reason != null && selected.test(entry.getValue())) {
                refused.add(new RefusedSpec(entry.getKey(), ModelSpec.hash(entry.getValue()), reason));
            }
        }
        return refused;
    }

    /** Returns the specifications, ordered by name. */
    public List<ModelSpec> specs() throws Exception {
        return StoredSpec.accepted(sorted(specs, "").values());
    }

    /** Returns the earlier specifications of a model that had other features, ordered by state hash. */
    public List<ModelSpec> earlier(String name) throws Exception {
        return StoredSpec.accepted(sorted(earlier, name + "/").values());
    }

    /**
     * Returns why states cannot continue, by state hash: they have earlier features, and this version refuses a specification that
     * leads from these to the present ones.
     */
    Map<String, String> stranded(String name) throws Exception {
        Map<String, String> stranded = sorted(earlier, name + "/");
        String reason = stranded.values().stream()
                .map(StoredSpec::refusal)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
        if (reason == null) {
            return Map.of();
        }
        Map<String, String> reasons = new HashMap<>();
        stranded.keySet().forEach(key -> reasons.put(key.substring(name.length() + 1), reason));
        return reasons;
    }

    /**
     * Returns the models whose key field changed, with the hash of the specification that changed it: no sample can have a key of the
     * former field any more.
     */
    public Map<String, String> rekeyed() throws Exception {
        return sorted(rekeyed, "");
    }

    /** Forgets that the key field of a model changed, after the models of the keys before are deleted. */
    public void forgetRekeyed(String name) throws Exception {
        rekeyed.remove(name);
    }

    private static TreeMap<String, String> sorted(BroadcastState<String, String> state, String prefix)
            throws Exception {
        TreeMap<String, String> sorted = new TreeMap<>();
        for (Map.Entry<String, String> entry : state.immutableEntries()) {
            if (entry.getKey().startsWith(prefix)) {
                sorted.put(entry.getKey(), entry.getValue());
            }
        }
        return sorted;
    }
}
