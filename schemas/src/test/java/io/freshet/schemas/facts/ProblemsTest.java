package io.freshet.schemas.facts;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.evaluation.Event;
import io.freshet.learning.evaluation.PredictedSamples;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.evaluation.UpdateMetrics;
import io.freshet.learning.features.Incarnation;
import io.freshet.learning.loss.Task;
import io.freshet.learning.spec.LossRemedies;
import io.freshet.schemas.loop.LatestJoins;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A table of situations, each with the state, the level, and the problems. Would catch a model that is green and not well. */
class ProblemsTest {
    private static final long NOW = 1_700_000_000_000L;
    private static final String MODEL = "m";

    private final LatestEvaluations evaluations = new LatestEvaluations();
    private final SignsOfLife signs = new SignsOfLife();
    private final Freshness freshness = new Freshness(evaluations, signs);
    private final LatestJoins joins = new LatestJoins();
    private final Problems problems = new Problems(freshness, evaluations, signs, joins);

    private enum Situation {
        /** 100 samples a second, in windows of 1,000. */
        LEARNS(State.LEARNING, Level.GOOD, test -> test.learns(0.5)),
        WAS_APPLIED_A_MOMENT_AGO(State.NOT_EVALUATED, Level.QUIET, test -> {}),
        REJECTS_EVERYTHING_FROM_THE_START(
                State.REJECTING,
                Level.BAD,
                test -> {
                    test.read = 660_000;
                    test.rejects(MODEL, 660_000);
                },
                "BAD rejects 66,000 records/s, more than it learns; the newest: x: missing"),
        REJECTS_EVERYTHING_SLOWLY_FROM_THE_START(
                State.REJECTING,
                Level.BAD,
                test -> {
                    test.read = 10;
                    test.rejects(MODEL, 10);
                },
                "BAD rejects 1.0 records/s, more than it learns; the newest: x: missing"),
        REJECTS_SOME_BEFORE_THE_FIRST_EVALUATION(
                State.NOT_EVALUATED,
                Level.WARNING,
                test -> {
                    test.read = 1_000;
                    test.rejects(MODEL, 20);
                },
                "WARNING rejects 2.0 records/s; the newest: x: missing"),
        REJECTS_ITS_PART_OF_A_TOPIC_FOR_A_MINUTE_FROM_THE_START(
                State.REJECTING,
                Level.BAD,
                test -> test.rejectsFor(60_000, 3_000),
                "BAD rejects 300 records/s, more than it learns; the newest: x: missing"),
        REJECTS_ITS_PART_OF_A_TOPIC_FOR_LESS_THAN_A_MINUTE(
                State.NOT_EVALUATED,
                Level.WARNING,
                test -> test.rejectsFor(59_000, 3_000),
                "WARNING rejects 300 records/s; the newest: x: missing"),
        REJECTED_SOME_A_MINUTE_AGO_AND_AGAIN_NOW(
                State.NOT_EVALUATED,
                Level.WARNING,
                test -> {
                    test.signs.rejections().add(MODEL, 1, "x: missing", NOW - 61_000);
                    test.rejects(MODEL, 20);
                },
                "WARNING rejects 2.0 records/s; the newest: x: missing"),
        /** They may be for a model of their own, which does not exist yet. */
        RECORDS_ARRIVE_THAT_NO_MODEL_CAN_DECODE(State.LEARNING, Level.GOOD, test -> {
            test.learns(0.5);
            test.rejects(Rejections.ALL, 2_000);
        }),
        MOST_RECORDS_CANNOT_BE_DECODED(State.REJECTING, Level.BAD, test -> {
            test.learns(0.5);
            test.rejects(Rejections.ALL, 6_000);
        }),
        MOST_RECORDS_CANNOT_BE_DECODED_AND_IT_REJECTS_SOME(
                State.REJECTING,
                Level.BAD,
                test -> {
                    test.learns(0.5);
                    test.rejects(Rejections.ALL, 6_000);
                    test.rejects(MODEL, 10);
                },
                "WARNING rejects 1.0 records/s; the newest: x: missing"),
        REJECTS_SOME_THOUGH_IT_LEARNS(
                State.LEARNING,
                Level.WARNING,
                test -> {
                    test.learns(0.5);
                    test.rejects(MODEL, 120);
                },
                "WARNING rejects 12 records/s; the newest: x: missing"),
        REJECTS_MORE_THAN_IT_LEARNS(
                State.REJECTING,
                Level.BAD,
                test -> {
                    test.learns(0.5);
                    test.rejects(MODEL, 1_200);
                },
                "BAD rejects 120 records/s, more than it learns; the newest: x: missing"),
        REJECTS_EVERYTHING_AFTER_IT_LEARNED_FAST(
                State.REJECTING,
                Level.BAD,
                test -> {
                    test.evaluates(1_000, NOW - 31_000, 0.5);
                    test.evaluates(2_000, NOW - 30_000, 0.5);
                    test.rejects(MODEL, 500);
                },
                "BAD rejects 50 records/s, more than it learns; the newest: x: missing"),
        IS_FROZEN_AND_REJECTS_EVERYTHING(
                State.REJECTING,
                Level.BAD,
                test -> {
                    test.frozen = true;
                    test.read = 100;
                    test.rejects(MODEL, 100);
                },
                "BAD rejects 10 records/s, more than it learns; the newest: x: missing"),
        REJECTED_A_RECORD_EARLIER(
                State.LEARNING,
                Level.GOOD,
                test -> {
                    test.learns(0.5);
                    test.signs.rejections().add(MODEL, 1, "x: missing", NOW - 200_000);
                },
                "QUIET last rejected a record 3 min 20 s ago: x: missing"),
        REJECTED_A_RECORD_LONG_AGO(State.LEARNING, Level.GOOD, test -> {
            test.learns(0.5);
            test.signs.rejections().add(MODEL, 1, "x: missing", NOW - 600_000);
        }),
        ANOTHER_MODEL_REJECTS_EVERYTHING(State.LEARNING, Level.GOOD, test -> {
            test.learns(0.5);
            test.rejects("other", 660_000);
        }),
        IS_IDLE(State.IDLE, Level.QUIET, test -> test.readAt = NOW - 60_000),
        FAILED(
                State.FAILED,
                Level.BAD,
                test -> test.evaluations.add(
                        Evaluation.failed(MODEL, "hash", "out of luck", NOW, Tally.of(Task.REGRESSION, 1))),
                "BAD failed: out of luck"),
        FAILED_AND_REJECTS(
                State.FAILED,
                Level.BAD,
                test -> {
                    test.evaluations.add(
                            Evaluation.failed(MODEL, "hash", "out of luck", NOW, Tally.of(Task.REGRESSION, 1)));
                    test.rejects(MODEL, 10);
                },
                "BAD failed: out of luck",
                "WARNING rejects 1.0 records/s; the newest: x: missing"),
        HELD(
                State.HELD,
                Level.WARNING,
                test -> {
                    test.holds = true;
                    test.evaluates(1_000, NOW - 3_000, 40, divergence("divergence", "hold"));
                },
                "WARNING held, no snapshot is published after version 800, 34 s ago: divergence at sample 1,000: loss 0.2500 ->"
                        + " 40.00; hold"),
        HELD_WITH_UPDATES_THAT_ARE_SMALL_AGAIN(
                State.HELD,
                Level.WARNING,
                test -> {
                    test.holds = true;
                    test.readAt = NOW - 60_000;
                    test.evaluates(
                            1_000,
                            NOW - 62_000,
                            40,
                            divergence("divergence", "hold"),
                            divergence("update-norm", "hold"));
                    test.norm = 0.25;
                    test.evaluates(2_000, NOW - 61_000, 40);
                },
                "WARNING held, no snapshot is published after version 800, 34 s ago: divergence at sample 1,000: loss 0.2500 ->"
                        + " 40.00; hold"),
        HELD_WITH_A_LOSS_THAT_FALLS_BUT_IS_STILL_LARGE(
                State.HELD,
                Level.WARNING,
                test -> {
                    test.holds = true;
                    test.evaluates(1_000, NOW - 11_000, 40, divergence("divergence", "hold"));
                    test.evaluates(2_000, NOW - 1_000, 15);
                },
                "WARNING held, no snapshot is published after version 800, 34 s ago: divergence at sample 1,000: loss 0.2500 ->"
                        + " 40.00; hold"),
        HELD_AND_FROZEN(
                State.FROZEN,
                Level.WARNING,
                test -> {
                    test.holds = true;
                    test.frozen = true;
                    test.evaluates(1_000, NOW - 3_000, 40);
                },
                "WARNING held, no snapshot is published after version 800, 34 s ago"),
        DIVERGED_FROM_THE_START(
                State.LEARNING,
                Level.BAD,
                test -> {
                    test.task = Task.BINARY;
                    test.labels = 2;
                    test.learns(982);
                },
                "BAD diverged: loss 982.0 of 2,000 samples (expected: at most 0.6931, the loss of the best constant);"
                        + " lower optimizer.learningRate, now 1000.0"),
        IS_WORSE_THAN_A_CONSTANT(
                State.LEARNING,
                Level.WARNING,
                test -> {
                    test.task = Task.BINARY;
                    test.labels = 2;
                    test.learns(0.9);
                },
                "WARNING worse than a constant: loss 0.9000 of 2,000 samples (expected: at most 0.6931, the loss of the best"
                        + " constant); other features may help"),
        WAS_WORSE_THAN_A_CONSTANT(State.LEARNING, Level.GOOD, test -> {
            test.task = Task.BINARY;
            test.labels = 2;
            test.evaluates(1_000, NOW - 11_000, 900);
            test.window = 0.6;
            test.evaluates(2_000, NOW - 1_000, 450);
        }),
        REVERTED(
                State.LEARNING,
                Level.WARNING,
                test -> test.evaluates(1_000, NOW - 3_000, 40, divergence("divergence", "revert")),
                "WARNING divergence at sample 1,000: loss 0.2500 -> 40.00; revert"),
        REVERTED_AND_RECOVERED(State.LEARNING, Level.GOOD, test -> {
            test.evaluates(1_000, NOW - 3_000, 40, divergence("divergence", "revert"));
            test.evaluates(2_000, NOW - 2_000, 0.3);
        }),
        HAS_LARGE_UPDATES(
                State.LEARNING,
                Level.WARNING,
                test -> test.evaluates(1_000, NOW - 3_000, 0.3, divergence("update-norm", "revert")),
                "WARNING divergence (update-norm) at sample 1,000: norm 0.2500 -> 40.00; revert"),
        STILL_HAS_LARGE_UPDATES(
                State.LEARNING,
                Level.WARNING,
                test -> {
                    test.evaluates(1_000, NOW - 3_000, 0.3, divergence("update-norm", ""));
                    test.norm = 30;
                    test.evaluates(2_000, NOW - 2_000, 0.3);
                },
                "WARNING divergence (update-norm) at sample 1,000: norm 0.2500 -> 40.00"),
        HAS_HAD_LARGE_UPDATES(State.LEARNING, Level.GOOD, test -> {
            test.evaluates(1_000, NOW - 3_000, 0.3, divergence("update-norm", "revert"));
            test.norm = 0.25;
            test.evaluates(2_000, NOW - 2_000, 0.3);
        }),
        DIVERGED_BEFORE_ITS_UPDATES_DID(
                State.LEARNING,
                Level.WARNING,
                test -> {
                    test.evaluates(1_000, NOW - 4_000, 40, divergence("divergence", ""));
                    test.evaluates(2_000, NOW - 3_000, 40, divergence("update-norm", ""));
                    test.norm = 0.25;
                    test.evaluates(3_000, NOW - 2_000, 40);
                },
                "WARNING divergence at sample 1,000: loss 0.2500 -> 40.00"),
        HAS_LARGE_UPDATES_AFTER_ITS_LOSS_RECOVERED(
                State.LEARNING,
                Level.WARNING,
                test -> {
                    test.evaluates(1_000, NOW - 4_000, 40, divergence("divergence", ""));
                    test.evaluates(2_000, NOW - 3_000, 40, divergence("update-norm", ""));
                    test.evaluates(3_000, NOW - 2_000, 0.3);
                },
                "WARNING divergence (update-norm) at sample 1,000: norm 0.2500 -> 40.00"),
        RECOVERED_FROM_A_LOSS_THAT_WAS_NO_NUMBER(State.LEARNING, Level.GOOD, test -> {
            Event event = new Event(Event.Kind.DIVERGENCE, "divergence", 1_000, 0.25, Double.NaN);
            test.evaluates(1_000, NOW - 4_000, 40, event);
            test.evaluates(2_000, NOW - 3_000, 0.3);
        }),
        HAS_A_KEY_THAT_IS_HELD_WHILE_OTHERS_LEARN(
                State.HELD,
                Level.WARNING,
                test -> {
                    test.holds = true;
                    test.evaluates("a", 1_000, NOW - 3_000, 40, divergence("divergence", "hold"));
                    test.holds = false;
                    test.evaluates("b", 1_000, NOW - 1_000, 0.3);
                },
                "WARNING key a: held, no snapshot is published after version 800, 34 s ago: divergence at sample 1,000: loss"
                        + " 0.2500 -> 40.00; hold"),
        HAS_TWO_KEYS_THAT_DIVERGED_AND_ONE_THAT_RECOVERED(
                State.LEARNING,
                Level.WARNING,
                test -> {
                    test.evaluates("a", 1_000, NOW - 5_000, 40, divergence("divergence", "revert"));
                    test.evaluates("b", 1_000, NOW - 4_000, 0.3, divergence("update-norm", "revert"));
                    test.evaluates("c", 1_000, NOW - 3_000, 40, divergence("divergence", "revert"));
                    test.evaluates("c", 2_000, NOW - 1_000, 0.3);
                },
                "WARNING key b and 1 other: divergence (update-norm) at sample 1,000: norm 0.2500 -> 40.00; revert"),
        HAS_A_KEY_WITH_A_LOSS_THAT_IS_NOT_FINITE(
                State.LEARNING,
                Level.BAD,
                test -> {
                    test.evaluates("a", 1_000, NOW - 3_000, Double.NaN);
                    test.evaluates("b", 1_000, NOW - 1_000, 0.3);
                },
                "BAD key a: diverged: loss of the newest window: NaN (expected: a finite number)"),
        HAS_A_LOSS_THAT_IS_NOT_FINITE(
                State.LEARNING,
                Level.BAD,
                test -> test.evaluates(1_000, NOW - 3_000, Double.NaN),
                "BAD diverged: loss of the newest window: NaN (expected: a finite number)"),
        HAS_LEARNED_ONE_CLASS(
                State.LEARNING,
                Level.WARNING,
                test -> {
                    test.task = Task.BINARY;
                    test.learns(0.001);
                },
                "WARNING delayed: late in all 2,000 samples (expected: samples of two or more classes)"),
        IS_STALE(
                State.LEARNING,
                Level.WARNING,
                test -> {
                    test.learns(0.5);
                    test.age = 200.5;
                },
                "WARNING stale: the parameters are 3 min 20 s old (expected: at most 60 s)"),
        IS_OLD_WITH_NOTHING_TO_LEARN(State.IDLE, Level.QUIET, test -> {
            test.readAt = NOW - 60_000;
            test.age = 200;
        }),
        HAS_NO_TRAINER(
                State.TRAINER_GONE,
                Level.BAD,
                test -> test.signs.add(
                        new Heartbeat(1, NOW - 70_000, NOW, List.of(), List.of(), 0L, false, -1), NOW - 70_000),
                "BAD trainer gone: last seen 1 min 10 s ago") {
            @Override
            void beat(ProblemsTest test) {}
        },
        HAS_NEVER_HAD_A_TRAINER(State.TRAINER_GONE, Level.BAD, test -> {}, "BAD trainer gone: never seen") {
            @Override
            void beat(ProblemsTest test) {}
        },
        HAS_NO_BROKER(
                State.BROKER_GONE,
                Level.BAD,
                test -> test.signs.unreachable("metrics", NOW - 12_000),
                "BAD broker gone: last answer 12 s ago");

        private final State state;
        private final Level level;
        private final Consumer<ProblemsTest> happens;
        private final List<String> problems;

        Situation(State state, Level level, Consumer<ProblemsTest> happens, String... problems) {
            this.state = state;
            this.level = level;
            this.happens = happens;
            this.problems = Arrays.asList(problems);
        }

        void beat(ProblemsTest test) {
            test.beats(NOW - 10_000, NOW - 10_000, 7);
            test.beats(NOW, test.readAt, 7 + test.read);
        }

        private static Event divergence(String detector, String action) {
            return new Event(Event.Kind.DIVERGENCE, detector, 1_000, 0.25, 40, action, List.of());
        }
    }

    private Task task = Task.REGRESSION;
    private boolean frozen;
    private boolean holds;
    /** Count of different labels. */
    private int labels = 1;
    /** Loss of the newest window; that of all samples if unknown. */
    private double window = Double.NaN;
    /** Mean norm of the updates of the newest window. */
    private double norm = 40;
    /** Records that the job has read in the last ten seconds, and when it read the last one. */
    private long read = 10_000;

    private long readAt = NOW;
    private double age = 1;

    @ParameterizedTest
    @EnumSource(Situation.class)
    void each_situation_has_its_state_level_and_problems(Situation situation) {
        situation.happens.accept(this);
        situation.beat(this);
        Freshness.Spec spec = new Freshness.Spec(
                frozen,
                "hash",
                "delayed",
                List.of("punctual", "late"),
                null,
                new LossRemedies("lower optimizer.learningRate, now 1000.0", "other features may help"));

        Condition condition = freshness.model(MODEL, spec, NOW);
        List<Problem> found = problems.of(MODEL, condition, spec, age, NOW);

        assertThat(condition.state()).isEqualTo(situation.state);
        assertThat(found.stream().map(problem -> problem.level() + " " + problem.text()))
                .isEqualTo(situation.problems);
        assertThat(Problem.worst(condition.state(), found)).isEqualTo(situation.level);
    }

    /** A keyed model of many keys that each learn rarely, so that it is evaluated rarely. */
    @Test
    void a_model_that_rejects_little_is_not_rejecting_because_its_next_evaluation_is_late() {
        evaluates(1_000, NOW - 1_100_000, 0.5);
        evaluates(2_000, NOW - 100_000, 0.5);
        rejects(MODEL, 1);
        beats(NOW - 10_000, NOW - 10_000, 0);
        beats(NOW, NOW, 10_000);
        assertThat(freshness
                        .model(MODEL, new Freshness.Spec(false, "hash", "y", List.of()), NOW)
                        .state())
                .isEqualTo(State.LEARNING);
    }

    @Test
    void records_that_no_model_can_decode_are_a_problem_of_none() {
        beats(NOW - 10_000, NOW - 10_000, 0);
        beats(NOW, NOW, 10_000);
        assertThat(problems.undecodable(NOW)).isNull();
        rejects(Rejections.ALL, 2_000);
        assertThat(problems.undecodable(NOW))
                .isEqualTo(new Problem(Level.WARNING, "no model can decode 200 records/s; the newest: x: missing"));
        rejects(Rejections.ALL, 4_000);
        assertThat(problems.undecodable(NOW))
                .isEqualTo(new Problem(
                        Level.BAD,
                        "no model can decode 600 records/s, most of what the job reads; the newest: x: missing"));
        assertThat(problems.undecodable(NOW + 59_000))
                .isEqualTo(new Problem(Level.QUIET, "no model could decode a record 1 min 0 s ago: x: missing"));
        assertThat(problems.undecodable(NOW + 599_000)).isNull();
    }

    @Test
    void records_that_the_job_reads_again_after_a_failure_count_as_read() {
        beats(NOW - 4_000, NOW, 1_000);
        beats(NOW - 2_000, NOW, 500);
        beats(NOW, NOW, 900);
        assertThat(signs.readPerSecond()).isEqualTo(100);
    }

    @Test
    void the_records_read_by_another_run_of_the_job_do_not_count() {
        beats(NOW - 4_000, NOW, 1_000);
        signs.add(new Heartbeat(2, NOW - 2_000, NOW, List.of(5L), List.of(), 0L, false, -1), NOW);
        assertThat(signs.readPerSecond()).isNaN();
        signs.add(new Heartbeat(2, NOW, NOW, List.of(25L), List.of(), 0L, false, -1), NOW);
        assertThat(signs.readPerSecond()).isEqualTo(10);
    }

    @Test
    void a_problem_is_one_short_line() {
        Problem problem = new Problem(Level.BAD, "a\u001b[2J\n" + "x".repeat(10_000));
        assertThat(problem.text()).startsWith("a [2J xxx").hasSizeLessThan(500);
    }

    private void learns(double loss) {
        evaluates(1_000, NOW - 11_000, loss);
        evaluates(2_000, NOW - 1_000, loss);
    }

    private void rejects(String model, long records) {
        signs.rejections().add(model, records, "x: missing", NOW - 1_000);
    }

    /** @param records in the last ten seconds */
    private void rejectsFor(long millis, long records) {
        for (long at = NOW - millis; at < NOW - 1_000; at += 9_000) {
            signs.rejections().add(MODEL, 1, "x: missing", at);
        }
        long known = signs.rejections().recent(MODEL, NOW);
        rejects(MODEL, records - known);
    }

    private void beats(long sentAt, long readAt, long read) {
        signs.add(new Heartbeat(1, sentAt, readAt, List.of(read), List.of(), 0L, false, -1), NOW);
    }

    private void evaluates(long version, long emittedAt, double loss, Event... events) {
        evaluates("", version, emittedAt, loss, events);
    }

    private void evaluates(String key, long version, long emittedAt, double loss, Event... events) {
        Tally total = tally(version, loss);
        evaluations.add(new Evaluation(
                new Evaluation.Subject(MODEL, key, Incarnation.UNKNOWN, "hash"),
                new Evaluation.Counts(version, version, 0),
                new Evaluation.Window(
                        version / 1_000,
                        false,
                        emittedAt - 10_000,
                        emittedAt,
                        tally(1_000, Double.isNaN(window) ? loss : window).metrics()),
                total,
                new Evaluation.Learning(
                        new UpdateMetrics(1_000, 0.1, 1, norm, 0, 0),
                        null,
                        0,
                        false,
                        List.of(events),
                        null,
                        new Evaluation.Published(800L, NOW - 34_000, holds)),
                new Evaluation.Progress(null, 7L, false)));
    }

    private Tally tally(long samples, double loss) {
        Tally tally = Tally.of(task, 1);
        for (int i = 0; i < samples; i++) {
            tally.add(
                    loss,
                    1,
                    new PredictedSamples(1, new float[] {1 - i % labels}, new float[] {1}, new float[] {1}),
                    0,
                    0,
                    1);
        }
        return tally;
    }
}
