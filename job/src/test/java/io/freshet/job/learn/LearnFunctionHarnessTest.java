package io.freshet.job.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.TestLines;
import io.freshet.job.TestOracle;
import io.freshet.job.TestStream;
import io.freshet.job.learn.LearnHarness.Backend;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.OutputRecord;
import io.freshet.job.state.ModelState;
import io.freshet.learning.evaluation.Event;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.facts.Evaluation;
import io.freshet.schemas.facts.EvaluationCodec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Would catch state that is written but not restored, and snapshots published twice, late, or never. */
class LearnFunctionHarnessTest {
    private static final ModelSpec WHOLE = TestStream.whole(4);
    private static final ModelSpec KEYED = TestStream.keyed();

    @Test
    void learns_the_same_as_a_plain_loop() throws Exception {
        try (LearnHarness harness = LearnHarness.start(WHOLE, KEYED)) {
            learnBoth(harness, 0, 100);
            harness.takeSnapshots();
            harness.end();

            List<String> expected = new ArrayList<>();
            expected.addAll(TestOracle.lines(WHOLE, 0, 100));
            expected.addAll(TestOracle.lines(KEYED, 0, 100));
            List<String> last = harness.takeSnapshots();
            assertThat(last.stream().map(line -> line.substring(0, line.indexOf(" Metrics"))))
                    .containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void a_restored_learner_continues_bit_for_bit(Backend backend) throws Exception {
        try (LearnHarness undisturbed = LearnHarness.start(backend, WHOLE, KEYED)) {
            undisturbed.time(1000);
            learnBoth(undisturbed, 0, 53);
            ModelState halfway = undisturbed.models().get("whole/");
            assertThat(halfway.learner().pending().size()).isEqualTo(1);
            assertThat(halfway.learner().window().samples()).isEqualTo(4);
            assertThat(halfway.hasPublishTimer()).isTrue();
            undisturbed.takeSnapshots();
            undisturbed.takeEvaluations();

            try (LearnHarness restored = LearnHarness.restore(backend, undisturbed.snapshot())) {
                assertThat(restored.states()).isEqualTo(undisturbed.states());
                assertThat(restored.flink().numProcessingTimeTimers())
                        .isEqualTo(undisturbed.flink().numProcessingTimeTimers())
                        .isPositive();
                restored.time(1000);
                assertThat(restored.takeSnapshots()).isEmpty();
                restored.time(1500);
                undisturbed.time(1500);
                learnBoth(restored, 53, 120);
                learnBoth(undisturbed, 53, 120);
                restored.end();
                undisturbed.end();
                assertThat(restored.takeSnapshots())
                        .isNotEmpty()
                        .containsExactlyInAnyOrderElementsOf(undisturbed.takeSnapshots());
                assertThat(restored.takeEvaluations())
                        .isNotEmpty()
                        .containsExactlyInAnyOrderElementsOf(undisturbed.takeEvaluations());
                assertThat(restored.states()).isEqualTo(undisturbed.states());
            }
        }
    }

    /** Without a learning rate, what has been learned about the whole model is part of the state, next to the slots. */
    @ParameterizedTest
    @EnumSource(Backend.class)
    void a_restored_optimizer_keeps_its_memory_bit_for_bit(Backend backend) throws Exception {
        String yaml = TestStream.whole(1).toYaml();
        ModelSpec spec = ModelSpec.parse(yaml.replaceAll("optimizer: .*", "optimizer: scale-free"));
        try (LearnHarness undisturbed = LearnHarness.start(backend, spec)) {
            undisturbed.learn(spec, 0, 53);
            LearnerState halfway = undisturbed.models().get("whole/").learner().copy();
            assertThat(halfway.updateMemory())
                    .isNotEqualTo(new Learner(spec).start().updateMemory());
            try (LearnHarness restored = LearnHarness.restore(backend, undisturbed.snapshot())) {
                LearnerState state = restored.models().get("whole/").learner();
                assertThat(state.updateMemory()).isEqualTo(halfway.updateMemory());
                assertThat(state.weights()).isEqualTo(halfway.weights());
                restored.learn(spec, 53, 120);
                undisturbed.learn(spec, 53, 120);
                assertThat(restored.states()).isEqualTo(undisturbed.states());
            }
            assertThat(undisturbed.models().get("whole/").learner().updateMemory())
                    .isNotEqualTo(halfway.updateMemory());
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void rescaling_to_three_and_back_keeps_every_key(Backend backend) throws Exception {
        try (LearnHarness one = LearnHarness.start(backend, WHOLE, KEYED)) {
            learnBoth(one, 0, 53);
            OperatorSubtaskState state = one.snapshot();

            Map<String, String> together = new TreeMap<>();
            List<LearnHarness> three = new ArrayList<>();
            for (int subtask = 0; subtask < 3; subtask++) {
                LearnHarness part = LearnHarness.restore(backend, state, 1, 3, subtask);
                three.add(part);
                together.putAll(part.states());
                assertThat(part.states()).hasSizeLessThan(one.states().size());
            }
            assertThat(together).isEqualTo(one.states());
            OperatorSubtaskState parts = AbstractStreamOperatorTestHarness.repackageState(
                    three.get(0).snapshot(),
                    three.get(1).snapshot(),
                    three.get(2).snapshot());

            try (LearnHarness back = LearnHarness.restore(backend, parts, 3, 1, 0)) {
                assertThat(back.states()).isEqualTo(one.states());
                learnBoth(back, 53, 120);
                learnBoth(one, 53, 120);
                assertThat(back.states()).isEqualTo(one.states());
            }
            for (LearnHarness part : three) {
                part.close();
            }
        }
    }

    @Test
    void publishes_after_a_count_of_samples() throws Exception {
        ModelSpec spec = TestStream.whole(1);
        try (LearnHarness harness = LearnHarness.start(spec)) {
            harness.learn(spec, 0, 9);
            assertThat(harness.takeSnapshots()).isEmpty();
            harness.learn(spec, 9, 10);
            assertThat(harness.takeSnapshots()).singleElement().asString().startsWith("whole/ version 10 ");
            harness.learn(spec, 10, 40);
            assertThat(harness.takeSnapshots()).hasSize(3);
        }
    }

    @Test
    void publishes_a_delay_after_the_first_unpublished_sample() throws Exception {
        ModelSpec spec = TestStream.whole(1);
        try (LearnHarness harness = LearnHarness.start(spec)) {
            harness.time(1000);
            harness.learn(spec, 0, 2);
            harness.time(1499);
            assertThat(harness.takeSnapshots()).isEmpty();
            harness.time(1500);
            assertThat(harness.takeSnapshots()).singleElement().asString().startsWith("whole/ version 2 ");
            harness.time(10_000);
            assertThat(harness.takeSnapshots()).isEmpty();
            harness.learn(spec, 2, 3);
            harness.time(10_500);
            assertThat(harness.takeSnapshots()).singleElement().asString().startsWith("whole/ version 3 ");
        }
    }

    @Test
    void the_end_of_input_publishes_each_key_and_its_evaluation_exactly_once() throws Exception {
        try (LearnHarness harness = LearnHarness.start(KEYED)) {
            harness.learn(KEYED, 0, 53);
            Set<String> keys = new HashSet<>(harness.models().keySet());
            assertThat(keys).hasSize(5);
            harness.takeSnapshots();
            harness.take(OutputRecord.EVALUATIONS);

            harness.end();

            List<OutputRecord> last = harness.take(OutputRecord.EVALUATIONS);
            EvaluationCodec codec = new EvaluationCodec();
            Set<String> evaluated = new HashSet<>();
            for (OutputRecord record : last) {
                Evaluation evaluation = TestLines.evaluation(codec, record);
                assertThat(evaluation.last()).isTrue();
                assertThat(evaluation.version()).isEqualTo(evaluation.total().samples());
                assertThat(evaluated.add(evaluation.model() + "/" + evaluation.key()))
                        .isTrue();
            }
            assertThat(evaluated).isEqualTo(keys);
            List<String> snapshots = harness.takeSnapshots();
            assertThat(snapshots).containsExactlyInAnyOrderElementsOf(new HashSet<>(snapshots));
            assertThat(harness.models()).allSatisfy((modelKey, state) -> {
                assertThat(state.learner().pending().size()).isZero();
                assertThat(state.published().version())
                        .isEqualTo(state.learner().samples());
            });
            assertThat(harness.flink().numEventTimeTimers()).isZero();
            harness.time(1_000_000);
            assertThat(harness.takeSnapshots()).isEmpty();
        }
    }

    @Test
    void a_sample_whose_gradient_is_too_large_is_a_dead_letter_and_changes_no_parameter() throws Exception {
        ModelSpec alone = TestStream.whole(1);
        try (LearnHarness harness = LearnHarness.start(alone)) {
            harness.learn(alone, 0, 30);
            KeyedSample huge = TestStream.sample(alone, 30, TestStream.value(30, Map.of("w", 1e30)));
            LearnerState before =
                    harness.models().get(huge.modelKey()).learner().copy();

            harness.learn(huge);

            LearnerState after = harness.models().get(huge.modelKey()).learner();
            assertThat(after.weights()).isEqualTo(before.weights());
            assertThat(after.moments()).isEqualTo(before.moments());
            assertThat(after.rejected()).isEqualTo(1);
            assertThat(harness.take(OutputRecord.DEAD_LETTERS))
                    .singleElement()
                    .satisfies(letter -> assertThat(TestLines.headers(letter))
                            .containsEntry("__connect.errors.topic", LearnHarness.TOPIC)
                            .containsEntry("__connect.errors.partition", "0")
                            .containsEntry("__connect.errors.offset", "30")
                            .containsEntry("freshet.topic.id", "id-of-" + LearnHarness.TOPIC)
                            .containsEntry("__connect.errors.stage", "learn")
                            .containsEntry("freshet.model", "whole")
                            .extractingByKey("__connect.errors.exception.message")
                            .asString()
                            .startsWith("gradient: "));
        }
    }

    @Test
    void events_are_published_once_with_the_evaluation_of_their_window() throws Exception {
        ModelSpec spec = ModelSpec.parse(TestStream.whole(1)
                .toYaml()
                .replaceFirst("(?s)watch:.*", "watch: {drift: {type: adwin, delta: 0.9, clock: 1}, plateau: 2}"));
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        List<Event> expected = new ArrayList<>();
        for (long offset = 0; offset < 400; offset++) {
            learner.learn(state, TestStream.sample(spec, offset).sample());
            if (state.window().samples() == 5) {
                learner.nextWindow(state, () -> expected.addAll(state.watcher().events()));
            }
        }
        assertThat(expected.stream().map(Event::kind)).contains(Event.Kind.DRIFT, Event.Kind.PLATEAU);

        List<Event> events = new ArrayList<>();
        EvaluationCodec codec = new EvaluationCodec();
        try (LearnHarness harness = LearnHarness.start(spec)) {
            harness.learn(spec, 0, 400);
            harness.end();
            for (OutputRecord record : harness.take(OutputRecord.EVALUATIONS)) {
                Evaluation evaluation = TestLines.evaluation(codec, record);
                events.addAll(evaluation.learning().events());
                evaluation
                        .learning()
                        .events()
                        .forEach(event ->
                                assertThat(event.samples()).isBetween(evaluation.version() - 4, evaluation.version()));
                assertThat(evaluation.learning().updates()).isNotNull();
                assertThat(evaluation.learning().updates().learningRate()).isEqualTo(0.01);
            }
        }
        assertThat(events).isEqualTo(expected);
    }

    private static void learnBoth(LearnHarness harness, long from, long to) throws Exception {
        for (long offset = from; offset < to; offset++) {
            harness.learn(TestStream.sample(WHOLE, offset));
            harness.learn(TestStream.sample(KEYED, offset));
        }
    }
}
