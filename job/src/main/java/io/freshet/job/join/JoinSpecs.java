package io.freshet.job.join;

import io.freshet.job.specs.RefusedSpec;
import io.freshet.job.specs.SpecRegistry;
import io.freshet.learning.join.JoinState;
import io.freshet.learning.spec.ModelSpec;
import java.io.Serializable;
import java.util.List;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.jspecify.annotations.Nullable;

/**
 * The specifications of the decoders and joins, with the incarnation of each joined model. All of them receive the same changes in
 * the same order, so they agree. A decoder checks changes, and passes on those that it accepts.
 */
@SuppressWarnings("NullAway.Init") // Callers call initialize first.
public final class JoinSpecs implements Serializable {
    private static final long serialVersionUID = 1;

    /** By model name: when it was first joined, when the meaning of its outcomes last changed, and {@link ModelSpec#outcomeHash}. */
    private static final MapStateDescriptor<String, Tuple3<Long, Long, String>> STATE =
            new MapStateDescriptor<>("incarnations", Types.STRING, Types.TUPLE(Types.LONG, Types.LONG, Types.STRING));

    private final SpecRegistry registry;
    private transient BroadcastState<String, Tuple3<Long, Long, String>> incarnations;

    /**
     * Which ids of a model have a meaning: those whose request and outcomes were read with the same names of classes, loss, and
     * fields. Numbers are offsets in the models topic, so they grow; {@link JoinState#NO_INCARNATION} before any change.
     *
     * @param started since when the model is joined: earlier ids are those of a deleted model, which no count contains
     * @param number since when outcomes have the present meaning
     */
    public record Incarnation(long started, long number) {
        public static final Incarnation FIRST = new Incarnation(JoinState.NO_INCARNATION, JoinState.NO_INCARNATION);
    }

    private JoinSpecs(SpecRegistry registry) {
        this.registry = registry;
    }

    /** Returns the specifications of a decoder. */
    public static JoinSpecs checking(SpecRegistry initial) {
        return new JoinSpecs(initial.withoutParameters());
    }

    /** Returns the specifications of a join, which receives only changes that a decoder has accepted. */
    static JoinSpecs checked(SpecRegistry initial) {
        return new JoinSpecs(initial.withoutChecks());
    }

    /** Restores or initializes the broadcast state. Returns the specifications, ordered by name. */
    public List<ModelSpec> initialize(FunctionInitializationContext context) throws Exception {
        incarnations = context.getOperatorStateStore().getBroadcastState(STATE);
        List<ModelSpec> specs = registry.initialize(context);
        for (ModelSpec spec : specs) {
            Tuple3<Long, Long, String> known = incarnations.get(spec.name());
            if (known == null) {
                use(spec, JoinState.NO_INCARNATION);
            } else {
                // Another version of the code may write the same meaning in another way.
                incarnations.put(spec.name(), Tuple3.of(known.f0, known.f1, spec.outcomeHash()));
            }
        }
        return specs;
    }

    /** Applies a change. Returns whether a specification changed. */
    public boolean apply(JoinInput.Changed changed) throws Exception {
        if (!registry.apply(changed.change())) {
            return false;
        }
        String name = changed.change().name();
        ModelSpec spec = joined(name);
        if (spec == null) {
            incarnations.remove(name);
        } else {
            use(spec, changed.offset());
        }
        return true;
    }

    private void use(ModelSpec spec, long offset) throws Exception {
        if (spec.join() == null) {
            return;
        }
        Tuple3<Long, Long, String> known = incarnations.get(spec.name());
        String meaning = spec.outcomeHash();
        if (known == null) {
            incarnations.put(spec.name(), Tuple3.of(offset, offset, meaning));
        } else if (!known.f2.equals(meaning)) {
            incarnations.put(spec.name(), Tuple3.of(known.f0, offset, meaning));
        }
    }

    /** Returns the specification of a model; null if it has no join, or is not known. */
    @Nullable ModelSpec joined(String name) throws Exception {
        return registry.specs().stream()
                .filter(spec -> spec.name().equals(name) && spec.join() != null)
                .findFirst()
                .orElse(null);
    }

    public List<ModelSpec> specs() throws Exception {
        return registry.specs();
    }

    /** Returns the incarnation of a joined model. */
    public Incarnation incarnation(String model) throws Exception {
        Tuple3<Long, Long, String> known = incarnations.get(model);
        return known == null ? Incarnation.FIRST : new Incarnation(known.f0, known.f1);
    }

    /** Returns the specifications that this version refuses. */
    List<RefusedSpec> refused() throws Exception {
        return registry.refused();
    }

    /** Returns those of them that have a join. */
    public List<RefusedSpec> refusedJoins() throws Exception {
        return registry.refusedJoins();
    }
}
