package io.freshet.job.specs;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.record.SpecChange;
import io.freshet.learning.spec.ModelSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.Test;

/** Would catch broadcast state that grows without bound, or differs after a restore. */
class SpecRegistryHarnessTest {
    private static final String MODEL =
            "{name: %s, label: y, features: {numeric: [x, %s]}, loss: mean-squared-error, seed: 1}";

    /** Keeps specifications as a learner does. */
    private static final class Registered extends ProcessFunction<SpecChange, String> implements CheckpointedFunction {
        private static final long serialVersionUID = 1;

        private final SpecRegistry registry = new SpecRegistry(List.of());
        private transient BroadcastState<String, byte[]> parts;

        @Override
        public void initializeState(FunctionInitializationContext context) throws Exception {
            registry.initialize(context);
            parts = context.getOperatorStateStore()
                    .getBroadcastState(new MapStateDescriptor<>(
                            "warm-starts", Types.STRING, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        }

        @Override
        public void processElement(SpecChange change, Context context, Collector<String> out) throws Exception {
            registry.apply(change);
        }

        List<String> parts() throws Exception {
            Map<String, byte[]> sorted = new TreeMap<>();
            parts.immutableEntries().forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
            return List.copyOf(sorted.keySet());
        }

        List<String> earlier() throws Exception {
            List<String> names = new ArrayList<>();
            registry.earlier("m")
                    .forEach(spec -> names.add(spec.features().numeric().get(1)));
            return names;
        }

        @Override
        public void snapshotState(FunctionSnapshotContext context) {}
    }

    private Registered function;

    @Test
    void parts_that_no_specification_follows_are_dropped_after_other_changes_also_after_a_restore() throws Exception {
        OperatorSubtaskState state;
        int half = WarmStartParts.MOST_CHANGES / 2;
        try (OneInputStreamOperatorTestHarness<SpecChange, String> harness = harness(null)) {
            harness.processElement(part("lost", 0), 0);
            harness.processElement(part("lost", 1), 0);
            for (int i = 0; i < half; i++) {
                harness.processElement(applied("other", "f" + i), 0);
            }
            assertThat(function.parts()).containsExactly("lost#sum/0", "lost#sum/1");
            state = harness.snapshot(1, 1);
        }
        try (OneInputStreamOperatorTestHarness<SpecChange, String> harness = harness(state)) {
            harness.processElement(part("young", 0), 0);
            for (int i = half + 1; i < WarmStartParts.MOST_CHANGES - 1; i++) {
                harness.processElement(applied("other", "f" + i), 0);
            }
            assertThat(function.parts()).containsExactly("lost#sum/0", "lost#sum/1", "young#sum/0");
            harness.processElement(SpecChange.deleted("other"), 0);
            assertThat(function.parts()).containsExactly("young#sum/0");
            state = harness.snapshot(2, 2);
        }
        try (OneInputStreamOperatorTestHarness<SpecChange, String> harness = harness(state)) {
            assertThat(function.parts()).containsExactly("young#sum/0");
            for (int i = 0; i < WarmStartParts.MOST_CHANGES; i++) {
                harness.processElement(part("lost" + i, 0), 0);
            }
            assertThat(function.parts()).doesNotContain("young#sum/0").hasSize(WarmStartParts.MOST_CHANGES);
        }
    }

    @Test
    void the_newest_earlier_specifications_are_kept_also_after_a_restore() throws Exception {
        int all = SpecRegistry.EARLIER_SPECS + 20;
        OperatorSubtaskState state;
        try (OneInputStreamOperatorTestHarness<SpecChange, String> harness = harness(null)) {
            for (int i = 0; i < all / 2; i++) {
                harness.processElement(applied("m", "f" + i), 0);
            }
            // Used again, so it is not the oldest any more.
            harness.processElement(applied("m", "f0"), 0);
            state = harness.snapshot(1, 1);
        }
        try (OneInputStreamOperatorTestHarness<SpecChange, String> harness = harness(state)) {
            for (int i = all / 2; i <= all; i++) {
                harness.processElement(applied("m", "f" + i), 0);
            }
            List<String> expected = new ArrayList<>(
                    IntStream.range(21, all).mapToObj(i -> "f" + i).toList());
            expected.add("f0");
            assertThat(function.earlier()).containsExactlyInAnyOrderElementsOf(expected);
            harness.processElement(SpecChange.deleted("m"), 0);
            assertThat(function.earlier()).isEmpty();
        }
    }

    /** Otherwise a state would pass the earlier ones to a specification that starts from scratch. */
    @Test
    void a_reset_keeps_none_of_the_earlier_specifications() throws Exception {
        try (OneInputStreamOperatorTestHarness<SpecChange, String> harness = harness(null)) {
            harness.processElement(applied("m", "f0"), 0);
            harness.processElement(applied("m", "f1"), 0);
            assertThat(function.earlier()).containsExactly("f0");
            String reset = MODEL.formatted("m", "f2").replace("seed: 1", "seed: 2, reset: true");
            harness.processElement(SpecChange.applied(ModelSpec.parse(reset)), 0);
            assertThat(function.earlier()).isEmpty();
        }
    }

    private OneInputStreamOperatorTestHarness<SpecChange, String> harness(OperatorSubtaskState state) throws Exception {
        function = new Registered();
        OneInputStreamOperatorTestHarness<SpecChange, String> harness =
                new OneInputStreamOperatorTestHarness<>(new ProcessOperator<>(function));
        harness.setup(Types.STRING.createSerializer(harness.getExecutionConfig().getSerializerConfig()));
        if (state != null) {
            harness.initializeState(state);
        }
        harness.open();
        return harness;
    }

    private static SpecChange applied(String model, String feature) {
        return SpecChange.applied(ModelSpec.parse(MODEL.formatted(model, feature)));
    }

    private static SpecChange part(String model, int index) {
        return new SpecChange.WarmStartPart(model, "sum", index, new byte[] {1});
    }
}
