package io.freshet.job.join.score;

import static io.freshet.job.join.score.ClosedRequests.AFTER;
import static io.freshet.job.join.score.ClosedRequests.binary;
import static io.freshet.job.join.score.ClosedRequests.delta;
import static io.freshet.job.join.score.ClosedRequests.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.job.learn.LearnHarness.Backend;
import io.freshet.job.record.OutputRecord;
import io.freshet.learning.evaluation.Metric;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.kafka.RecordLimit;
import io.freshet.schemas.loop.JoinCount;
import io.freshet.schemas.loop.JoinReport;
import io.freshet.schemas.loop.JoinReportCodec;
import io.freshet.schemas.loop.ServedScore;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Would catch a closed request that counts twice or never, and a report that another window's answers are in. */
class ScoreOperatorHarnessTest {
    private static final long SEED = 20261201;
    private static final ModelSpec CTR = binary("ctr");
    private static final int WINDOW = 50;

    /** A delta without its counts is a fault when it is added. */
    @Test
    void a_fault_in_the_scores_of_one_model_stops_no_other() throws Exception {
        try (ScoreHarness harness = ScoreHarness.start(Backend.HEAP, CTR, binary("other"))) {
            harness.send(new JoinDelta("ctr", new long[0]));
            harness.send(delta("other", JoinCount.REQUESTS, 3));
            harness.send(delta("ctr", JoinCount.REQUESTS, 2));
            harness.time(1_000);
            assertThat(harness.takeReports())
                    .extracting(report -> report.model() + " " + report.count(JoinCount.REQUESTS))
                    .containsExactlyInAnyOrder("ctr 2", "other 3");
        }
    }

    @Test
    void counts_delays_and_scores_equal_those_of_a_plain_loop() throws Exception {
        List<ClosedRequest> requests = requests(1_000);
        try (ScoreHarness harness = ScoreHarness.start(Backend.HEAP, CTR)) {
            harness.send(delta("ctr", JoinCount.REQUESTS, 1_000));
            harness.send(delta("ctr", JoinCount.OPEN, 7));
            harness.send(delta("ctr", JoinCount.OPEN, -4));
            for (ClosedRequest request : requests) {
                harness.send(request);
            }
            harness.time(1_000);
            JoinReport report = harness.takeLast();

            assertThat(report.model()).isEqualTo("ctr");
            assertThat(report.specHash()).isEqualTo(CTR.hash());
            assertThat(report.count(JoinCount.REQUESTS)).isEqualTo(1_000);
            assertThat(report.count(JoinCount.OPEN)).isEqualTo(3);
            assertThat(report.count(JoinCount.JOINED)).isEqualTo(count(requests, r -> r.delayMillis() >= 0));
            assertThat(report.count(JoinCount.EXPIRED)).isEqualTo(count(requests, r -> r.delayMillis() < 0));
            assertThat(report.count(JoinCount.UNSCORED))
                    .isEqualTo(count(requests, r -> r.label() != null && !isScored(r)))
                    .isPositive();
            assertDelays(report, requests);

            List<ClosedRequest> scored =
                    requests.stream().filter(ScoreOperatorHarnessTest::isScored).toList();
            ServedScore all = Objects.requireNonNull(report.all());
            assertScore(all.total(), all.totalExpected(), scored);
            List<ClosedRequest> window = scored.subList(scored.size() / WINDOW * WINDOW, scored.size());
            assertThat(report.window().index()).isEqualTo(scored.size() / WINDOW);
            assertScore(all.window(), all.windowExpected(), window);
            for (ServedScore score : report.scores().subList(1, report.scores().size())) {
                Predicate<ClosedRequest> selected = selected(score);
                List<ClosedRequest> of = scored.stream().filter(selected).toList();
                assertThat(of).as(score.dimension() + " " + score.value()).isNotEmpty();
                assertScore(score.total(), score.totalExpected(), of);
                assertScore(
                        score.window(),
                        score.windowExpected(),
                        window.stream().filter(selected).toList());
            }
            assertThat(report.scores()).extracting(ServedScore::dimension).contains("", "age", "label", "origin");
            for (String dimension : List.of("age", "label", "origin")) {
                assertThat(report.scores().stream()
                                .filter(score -> score.dimension().equals(dimension))
                                .mapToLong(score ->
                                        Objects.requireNonNull(score.total()).samples()))
                        .as(dimension)
                        .isSortedAccordingTo((a, b) -> Long.compare(b, a))
                        .satisfies(counts -> assertThat(
                                        counts.stream().mapToLong(i -> (Long) i).sum())
                                .isEqualTo(scored.size()));
            }
        }
    }

    private static Predicate<ClosedRequest> selected(ServedScore score) {
        return switch (score.dimension()) {
            case "origin" ->
                r -> score.value()
                        .equals(r.slices().get(0) == null ? "" : r.slices().get(0));
            case "label" ->
                r -> {
                    String label = Objects.requireNonNull(r.answer()).label();
                    return score.value().equals(label == null ? "" : label);
                };
            default ->
                r -> score.value()
                        .equals(range(Objects.requireNonNull(r.answer()).ageMillis()));
        };
    }

    private static String range(long age) {
        return age < 0
                ? ""
                : age <= 1_000
                        ? "up to 1s"
                        : age <= 10_000
                                ? "up to 10s"
                                : age <= 60_000
                                        ? "up to 1m"
                                        : age <= 600_000 ? "up to 10m" : age <= 3_600_000 ? "up to 1h" : "more than 1h";
    }

    private static void assertDelays(JoinReport report, List<ClosedRequest> requests) {
        List<Long> bounds = report.delays().bounds();
        assertThat(bounds).startsWith(10L, 15L, 20L, 30L, 50L, 70L, 100L).endsWith(50_000_000_000L, 70_000_000_000L);
        for (int i = 0; i <= bounds.size(); i++) {
            long above = i == 0 ? -1 : bounds.get(i - 1);
            long upTo = i == bounds.size() ? Long.MAX_VALUE : bounds.get(i);
            assertThat(report.delays().counts().get(i))
                    .isEqualTo(count(requests, r -> r.delayMillis() > above && r.delayMillis() <= upTo));
        }
        assertThat(report.delays().lateShare())
                .isEqualTo(count(requests, r -> r.delayMillis() > AFTER)
                        / (double) count(requests, r -> r.delayMillis() >= 0));
    }

    private static boolean isScored(ClosedRequest request) {
        AnsweredPrediction answer = request.answer();
        return request.label() != null && answer != null && answer.prediction()[0] <= 1;
    }

    private static long count(List<ClosedRequest> requests, Predicate<ClosedRequest> which) {
        return requests.stream().filter(which).count();
    }

    private static void assertScore(Metrics metrics, Double expected, List<ClosedRequest> requests) {
        if (requests.isEmpty()) {
            assertThat(metrics).isNull();
            assertThat(expected).isNull();
            return;
        }
        double loss = 0;
        double entropy = 0;
        for (ClosedRequest request : requests) {
            double p = Objects.requireNonNull(request.answer()).prediction()[0];
            loss -= Math.log(request.label() == 1 ? p : 1 - p);
            entropy -= p * Math.log(p) + (1 - p) * Math.log(1 - p);
        }
        assertThat(metrics.samples()).isEqualTo(requests.size());
        assertThat(metrics.loss()).isCloseTo(loss / requests.size(), within(1e-6));
        assertThat(expected).isCloseTo(entropy / requests.size(), within(1e-6));
    }

    @Test
    void each_window_ends_with_a_report_of_its_answers() throws Exception {
        List<ClosedRequest> requests = requests(500);
        List<ClosedRequest> scored =
                requests.stream().filter(ScoreOperatorHarnessTest::isScored).toList();
        try (ScoreHarness harness = ScoreHarness.start(Backend.HEAP, CTR)) {
            long now = 0;
            List<JoinReport> reports = new ArrayList<>();
            for (ClosedRequest request : requests) {
                harness.send(request);
                harness.time(now += 100);
                harness.takeReports().stream()
                        .filter(report -> report.window().ended())
                        .forEach(reports::add);
            }
            assertThat(reports).hasSize(scored.size() / WINDOW);
            for (int i = 0; i < reports.size(); i++) {
                JoinReport report = reports.get(i);
                assertThat(report.window().ended()).isTrue();
                assertThat(report.window().index()).isEqualTo(i);
                ServedScore all = Objects.requireNonNull(report.all());
                assertScore(all.window(), all.windowExpected(), scored.subList(i * WINDOW, (i + 1) * WINDOW));
                assertScore(all.total(), all.totalExpected(), scored.subList(0, (i + 1) * WINDOW));
            }
        }
    }

    /** Would catch reports that fill the metrics topic: of 300 scores each, as often as windows end. */
    @Test
    void reports_are_few_however_fast_windows_end_and_most_have_no_dimensions() throws Exception {
        try (ScoreHarness harness = ScoreHarness.start(Backend.HEAP, CTR)) {
            for (int second = 1; second <= 30; second++) {
                for (int i = 0; i < 20 * WINDOW; i++) {
                    harness.send(ClosedRequests.of("ctr", 0.5, 1, "SEA"));
                }
                harness.time(second * 1_000L);
            }
            List<JoinReport> reports = harness.takeReports();
            List<JoinReport> ended =
                    reports.stream().filter(report -> report.window().ended()).toList();

            assertThat(reports).hasSize(60);
            assertThat(ended).hasSize(30);
            assertThat(ended.get(29).window().index()).as("the newest").isEqualTo(20 * 30 - 1);
            assertThat(reports.stream().filter(JoinReport::hasDimensions)).hasSize(6);
            assertThat(ended.stream().filter(JoinReport::hasDimensions)).hasSize(3);
            assertThat(reports).allSatisfy(report -> assertThat(report.all()).isNotNull());
        }
    }

    /** It is not part of the state. */
    @Test
    void the_report_of_a_window_that_ended_is_sent_before_a_checkpoint() throws Exception {
        try (ScoreHarness harness = ScoreHarness.start(Backend.HEAP, CTR)) {
            for (int i = 0; i < WINDOW; i++) {
                harness.send(ClosedRequests.of("ctr", 0.5, 1, "SEA"));
            }
            harness.snapshot();
            assertThat(harness.takeReport().window().ended()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void a_restored_operator_continues_in_the_middle_of_a_window(Backend backend) throws Exception {
        List<ClosedRequest> requests = requests(300);
        try (ScoreHarness whole = ScoreHarness.start(backend, CTR);
                ScoreHarness first = ScoreHarness.start(backend, CTR)) {
            for (ClosedRequest request : requests.subList(0, 130)) {
                whole.send(request);
                first.send(request);
            }
            first.send(delta("ctr", JoinCount.LATE, 3));
            whole.send(delta("ctr", JoinCount.LATE, 3));
            OperatorSubtaskState checkpoint = first.snapshot();
            first.send(requests.get(0));
            whole.takeReports();
            try (ScoreHarness second = ScoreHarness.restore(backend, checkpoint)) {
                for (ClosedRequest request : requests.subList(130, 300)) {
                    whole.send(request);
                    second.send(request);
                }
                second.time(1_000);
                whole.time(1_000);
                List<JoinReport> reports = second.takeReports();
                assertThat(reports).hasSize(2).isEqualTo(whole.takeReports());
                JoinReport report = reports.get(1);
                assertThat(report.count(JoinCount.LATE)).isEqualTo(3);
                assertThat(Objects.requireNonNull(report.all()).total().get(Metric.AUC))
                        .isNotNull();
            }
        }
    }

    @Test
    void a_restored_operator_reports_without_input() throws Exception {
        try (ScoreHarness first = ScoreHarness.start(Backend.HEAP, CTR)) {
            first.send(ClosedRequests.of("ctr", 0.25, 1, "SEA"));
            try (ScoreHarness second = ScoreHarness.restore(Backend.HEAP, first.snapshot())) {
                second.time(1_000);
                assertThat(second.takeReport().count(JoinCount.JOINED)).isEqualTo(1);
            }
        }
    }

    @Test
    void models_move_with_their_counts_when_the_parallelism_changes() throws Exception {
        List<ModelSpec> specs = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            specs.add(binary("m" + i));
        }
        try (ScoreHarness one = ScoreHarness.start(Backend.HEAP, specs.toArray(new ModelSpec[0]))) {
            for (int i = 0; i < 8; i++) {
                for (int j = 0; j <= i; j++) {
                    one.send(ClosedRequests.of("m" + i, 0.5, 1, "SEA"));
                }
            }
            OperatorSubtaskState all = one.snapshot();
            List<OperatorSubtaskState> states = new ArrayList<>();
            List<JoinReport> reports = new ArrayList<>();
            for (int subtask = 0; subtask < 3; subtask++) {
                try (ScoreHarness part = ScoreHarness.restore(all, 1, 3, subtask)) {
                    part.time(1_000);
                    reports.addAll(part.takeReports());
                    states.add(part.snapshot());
                }
            }
            OperatorSubtaskState merged =
                    AbstractStreamOperatorTestHarness.repackageState(states.toArray(new OperatorSubtaskState[0]));
            try (ScoreHarness again = ScoreHarness.restore(merged, 3, 1, 0)) {
                again.time(1_000);
                assertThat(again.takeReports()).containsExactlyInAnyOrderElementsOf(reports);
            }
            assertThat(reports)
                    .hasSize(8)
                    .allSatisfy(report -> assertThat(report.count(JoinCount.JOINED))
                            .isEqualTo(1 + Integer.parseInt(report.model().substring(1))));
        }
    }

    @Test
    void a_removed_model_leaves_a_tombstone_and_no_state() throws Exception {
        try (ScoreHarness harness = ScoreHarness.start(Backend.HEAP, CTR, binary("other"))) {
            harness.send(ClosedRequests.of("ctr", 0.5, 1, "SEA"));
            harness.snapshot();
            assertThat(harness.states()).isEqualTo(2);
            harness.take();

            harness.send(new JoinRemoved("ctr"));
            harness.send(ClosedRequests.of("ctr", 0.5, 1, "SEA"));
            harness.send(new JoinRemoved("ctr"));

            List<OutputRecord> records = harness.take();
            assertThat(records).hasSize(1);
            assertThat(records.get(0).key())
                    .isEqualTo(new JoinReportCodec().delete("ctr").key());
            assertThat(records.get(0).value()).isNull();
            harness.snapshot();
            assertThat(harness.states()).isEqualTo(1);

            harness.send(JoinApplied.of(CTR));
            harness.send(ClosedRequests.of("ctr", 0.5, 1, "SEA"));
            harness.time(1_000);
            assertThat(harness.takeReports())
                    .filteredOn(report -> report.model().equals("ctr"))
                    .singleElement()
                    .satisfies(
                            report -> assertThat(report.count(JoinCount.JOINED)).isEqualTo(1));
        }
    }

    /** Would catch reports that no reader accepts. */
    @Test
    void a_delta_of_an_earlier_incarnation_does_not_make_a_count_negative() throws Exception {
        try (ScoreHarness harness = ScoreHarness.start(Backend.HEAP, CTR)) {
            harness.send(delta("ctr", JoinCount.OPEN, -1));
            harness.time(1_000);
            assertThat(harness.takeReport().count(JoinCount.OPEN)).isZero();
        }
    }

    @Test
    void scores_start_again_if_the_loss_changes_and_counts_go_on() throws Exception {
        try (ScoreHarness harness = ScoreHarness.start(Backend.HEAP, CTR)) {
            harness.send(ClosedRequests.of("ctr", 0.5, 1, "SEA"));
            harness.send(JoinApplied.of(CTR));
            harness.send(JoinApplied.of(
                    spec("ctr", "loss: binary-cross-entropy, evaluation: {window: 3}", "slices: [origin]")));
            harness.send(ClosedRequests.of("ctr", 0.5, 1, "SEA"));
            harness.time(1_000);
            assertThat(harness.takeReport().all().total().samples())
                    .as("another window")
                    .isEqualTo(2);

            ModelSpec number = spec("ctr", "loss: mean-squared-error", "slices: [origin]");
            harness.send(JoinApplied.of(number));
            harness.time(2_000);
            JoinReport again = harness.takeReport();
            assertThat(again.specHash()).isEqualTo(number.hash());
            assertThat(again.scores()).isEmpty();
            assertThat(again.count(JoinCount.JOINED)).isEqualTo(2);

            harness.send(ClosedRequests.of("ctr", 3, 5, "SEA"));
            harness.time(3_000);
            ServedScore all = harness.takeReport().all();
            assertThat(all.total().loss()).isEqualTo(4);
            assertThat(all.totalExpected()).as("of numbers").isNull();
        }
    }

    @Test
    void a_report_follows_a_change_within_a_second_and_otherwise_every_five() throws Exception {
        try (ScoreHarness harness = ScoreHarness.start(Backend.HEAP, CTR)) {
            harness.watermark(123_456);
            harness.time(1_000);
            JoinReport report = harness.takeReport();
            assertThat(report.window()).isEqualTo(new JoinReport.Window(0, false, 1_000, 123_456L));
            harness.watermark(Long.MAX_VALUE);
            harness.time(5_000);
            assertThat(harness.takeReports()).isEmpty();
            harness.time(6_000);
            assertThat(harness.takeReports()).hasSize(1);
            harness.send(delta("ctr", JoinCount.LATE, 1));
            harness.time(7_000);
            assertThat(harness.takeReports()).hasSize(1);
            harness.send(delta("ctr", JoinCount.LATE, 1));
            harness.end();
            JoinReport last = harness.takeReport();
            assertThat(last.count(JoinCount.LATE)).isEqualTo(2);
            assertThat(last.window().watermark()).as("not the end of the input").isEqualTo(123_456L);
        }
    }

    @Test
    void a_report_has_no_watermark_before_the_first_record() throws Exception {
        try (ScoreHarness harness = ScoreHarness.start(Backend.HEAP, CTR)) {
            harness.time(1_000);
            assertThat(harness.takeReport().window().watermark()).isNull();
        }
    }

    /** As many values as there are answers, of all lengths. */
    @Test
    void reports_and_state_are_bounded_whatever_the_values_are() throws Exception {
        String fields = IntStream.range(0, 8).mapToObj(i -> "f" + i).collect(Collectors.joining(", "));
        ModelSpec sliced =
                spec("ctr", "loss: binary-cross-entropy, evaluation: {window: 100000}", "slices: [" + fields + "]");
        try (ScoreHarness harness = ScoreHarness.start(Backend.HEAP, sliced)) {
            SplittableRandom random = new SplittableRandom(SEED);
            for (int i = 0; i < 20_000; i++) {
                String value = Integer.toString(random.nextInt()).repeat(1 + random.nextInt(200)) + "\u20ac".repeat(50);
                AnsweredPrediction answer = new AnsweredPrediction(
                        new float[] {random.nextFloat()}, random.nextInt(7_200_000), i + "\u20ac".repeat(99));
                harness.send(
                        new ClosedRequest("ctr", 1.0, 1, answer, ClosedRequests.SHAPE, Collections.nCopies(8, value)));
            }
            harness.take();
            harness.time(1_000);
            OutputRecord record = harness.take().get(0);
            int bytes = Objects.requireNonNull(record.value()).length;
            assertThat(bytes).isLessThan(RecordLimit.BYTES / 2);
            JoinReport report = new JoinReportCodec().read(record.value());
            assertThat(report.scores()).hasSizeLessThanOrEqualTo(1 + 7 + 9 * 33);
            assertThat(report.scores())
                    .allSatisfy(score -> assertThat(score.value()).hasSizeLessThanOrEqualTo(100));
            for (String dimension : List.of("label", "f0", "f7")) {
                List<ServedScore> scores = report.scores().stream()
                        .filter(score -> score.dimension().equals(dimension))
                        .toList();
                assertThat(scores).hasSize(33);
                assertThat(scores.get(32).value()).isEqualTo(ServedScore.OTHER);
                assertThat(scores.stream().mapToLong(score -> score.total().samples()))
                        .satisfies(counts -> assertThat(
                                        counts.stream().mapToLong(i -> (Long) i).sum())
                                .isEqualTo(20_000));
            }
        }
    }

    @Test
    void a_report_that_is_too_large_has_the_score_of_all_answers_only() throws Exception {
        String name = "n".repeat(8_000);
        ModelSpec sliced = ModelSpec.parse("""
                {name: ctr, label: y, features: {numeric: [%s]}, loss: binary-cross-entropy,
                 join: {within: 1h, after: 0, slices: [%s1, %s2, %s3, %s4]}}
                """.formatted(name, name, name, name, name));
        try (ScoreHarness harness = ScoreHarness.start(Backend.HEAP, sliced)) {
            for (int i = 0; i < 100; i++) {
                harness.send(new ClosedRequest(
                        "ctr",
                        1.0,
                        1,
                        ClosedRequests.answer(0.5),
                        ClosedRequests.SHAPE,
                        Collections.nCopies(4, Integer.toString(i))));
            }
            harness.take();
            harness.time(1_000);
            assertThat(harness.takeReport().scores()).hasSize(1);
        }
    }

    @Test
    void a_model_of_many_classes_has_scores_of_all_answers() throws Exception {
        ModelSpec classes = spec("ctr", "loss: sparse-categorical-cross-entropy, outputs: 1001", "slices: [origin]");
        float[] prediction = new float[1001];
        prediction[7] = 1;
        try (ScoreHarness harness = ScoreHarness.start(Backend.HEAP, classes)) {
            AnsweredPrediction answer = new AnsweredPrediction(prediction, 1, "stable");
            harness.send(new ClosedRequest("ctr", 7.0, 1, answer, ClosedRequests.SHAPE, List.of("SEA")));
            harness.time(1_000);
            JoinReport report = harness.takeReport();
            assertThat(report.scores()).hasSize(1);
            assertThat(report.all().total().get(Metric.ACCURACY)).isEqualTo(1);
            assertThat(report.all().totalExpected()).isZero();
        }
    }

    private static List<ClosedRequest> requests(int count) {
        SplittableRandom random = new SplittableRandom(SEED);
        List<ClosedRequest> requests = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            requests.add(ClosedRequests.random("ctr", random));
        }
        return requests;
    }
}
