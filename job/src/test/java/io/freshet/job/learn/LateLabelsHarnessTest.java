package io.freshet.job.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.TestStream;
import io.freshet.job.learn.LearnHarness.Backend;
import io.freshet.job.record.KeyedSample;
import io.freshet.learning.features.SampleId;
import io.freshet.learning.features.Stage;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.learner.LearnerStateCodec;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.sample.SampleHeader;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Would catch a prediction, a stage, or a correction that a failure or another parallelism loses or repeats. */
class LateLabelsHarnessTest {
    private static final ModelSpec SPEC =
            ModelSpec.parse(TestStream.keyed().toYaml().replace("deduplicate: 0", "deduplicate: 1h")
                    + "join: {within: 1h, after: 0, missing: drop}\n");

    @ParameterizedTest
    @EnumSource(Backend.class)
    void states_are_those_of_a_plain_loop_through_failures(Backend backend) throws Exception {
        for (long seed = 1; seed <= backend.trials(10); seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<KeyedSample> samples = samples(seed, 300);
            LearnHarness harness = LearnHarness.start(backend, SPEC);
            OperatorSubtaskState checkpoint = harness.snapshot();
            int restart = 0;
            for (int i = 0; i < samples.size(); i++) {
                harness.learn(samples.get(i));
                switch (random.nextInt(60)) {
                    case 0, 1 -> {
                        checkpoint = harness.snapshot();
                        restart = i + 1;
                    }
                    case 2 -> {
                        harness.close();
                        harness = LearnHarness.restore(backend, checkpoint);
                        i = restart - 1;
                    }
                    default -> {}
                }
            }
            assertThat(harness.learnerStates()).as("seed %d", seed).isEqualTo(oracle(samples));
            harness.close();
        }
    }

    @Test
    void stages_continue_after_rescaling() throws Exception {
        List<KeyedSample> samples = samples(7, 400);
        List<KeyedSample> before = samples.subList(0, samples.size() / 2);
        Map<String, String> states = new TreeMap<>();
        try (LearnHarness one = LearnHarness.start(SPEC)) {
            for (KeyedSample sample : before) {
                one.learn(sample);
            }
            OperatorSubtaskState checkpoint = one.snapshot();
            for (int subtask = 0; subtask < 2; subtask++) {
                try (LearnHarness half = LearnHarness.restore(Backend.HEAP, checkpoint, 1, 2, subtask)) {
                    for (KeyedSample sample : samples.subList(before.size(), samples.size())) {
                        if (half.models().containsKey(sample.modelKey())) {
                            half.learn(sample);
                        }
                    }
                    states.putAll(half.learnerStates());
                }
            }
        }
        assertThat(states).isEqualTo(oracle(samples));
    }

    private static Map<String, String> oracle(List<KeyedSample> samples) throws Exception {
        Learner learner = new Learner(SPEC);
        Map<String, LearnerState> states = new TreeMap<>();
        for (KeyedSample keyed : samples) {
            LearnerState state = states.computeIfAbsent(keyed.modelKey(), key -> learner.start());
            learner.learn(state, keyed.sample());
            if (state.window().samples() >= SPEC.window()) {
                learner.nextWindow(state);
            }
        }
        Map<String, String> bytes = new TreeMap<>();
        long corrections = 0;
        for (Map.Entry<String, LearnerState> entry : states.entrySet()) {
            DataOutputSerializer out = new DataOutputSerializer(1024);
            LearnerStateCodec.write(entry.getValue(), out);
            bytes.put(entry.getKey(), HexFormat.of().formatHex(out.getCopyOfBuffer()));
            corrections += entry.getValue().corrections();
            assertThat(entry.getValue().windows()).isPositive();
        }
        assertThat(corrections).isPositive();
        return bytes;
    }

    /** Returns requests whose stages interleave, from one partition. */
    private static List<KeyedSample> samples(long seed, int requests) {
        SplittableRandom random = new SplittableRandom(seed);
        TreeMap<Double, byte[]> byTime = new TreeMap<>();
        for (int i = 0; i < requests; i++) {
            double time = i;
            double label = random.nextInt(-3, 4);
            byTime.put(time, value(i, Stage.OPEN, label, null));
            for (int change = random.nextInt(3); change > 0; change--) {
                double next = label + random.nextInt(1, 4);
                time += random.nextDouble(0.1, 40);
                byTime.put(time, value(i, Stage.CHANGED, next, label));
                label = next;
            }
            if (random.nextInt(4) > 0) {
                byTime.put(time + random.nextDouble(0.1, 40), value(i, Stage.CLOSED, label, null));
            }
        }
        List<KeyedSample> samples = new ArrayList<>();
        for (byte[] value : byTime.values()) {
            KeyedSample keyed = TestStream.sample(SPEC, samples.size(), value);
            SampleId id = keyed.sample().revision().id();
            samples.add(new KeyedSample(keyed.modelKey(), keyed.spec(), keyed.sample(), id));
        }
        return samples;
    }

    private static byte[] value(long request, Stage stage, double label, Double previous) {
        SampleHeader header =
                new SampleHeader("r" + request, "keyed", TestStream.eventTime(request), 0, stage, previous);
        return TestStream.value(request, header, label);
    }
}
