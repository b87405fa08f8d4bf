package io.freshet.schemas.loop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LatestJoinsTest {
    private static final long NOW = 1_700_000_000_000L;
    private static final long MINUTE = 60_000;

    private final LatestJoins joins = new LatestJoins();

    @Test
    void an_older_report_changes_nothing() {
        assertThat(joins.add(requests(5).at(NOW), NOW)).isTrue();
        assertThat(joins.add(requests(9).at(NOW - 1), NOW)).isFalse();
        assertThat(joins.get("m").count(JoinCount.REQUESTS)).isEqualTo(5);
    }

    /** Would catch a clock that was ahead for a moment, after which all reports were old. */
    @Test
    void a_report_from_the_future_counts_as_sent_when_it_was_received() {
        joins.add(requests(5).at(NOW + 365 * 24 * 60 * MINUTE), NOW);
        assertThat(joins.get("m").seenAt()).isEqualTo(NOW);
        assertThat(joins.add(requests(6).at(NOW + 1_000), NOW + 1_000)).isTrue();
    }

    /** Would catch a served loss that starts from a few answers again and again. */
    @Test
    void the_window_is_the_last_one_that_ended() {
        add(requests(1).scored(10, 0.5, 0.25).window(0, false), 0);
        assertThat(joins.get("m").servedLoss()).isEqualTo(0.5);
        add(requests(2).scored(100, 0.4, 0.3).window(0, true), 1);
        add(requests(3).scored(1, 7, 0.1).window(1, false), 2);
        assertThat(joins.get("m").servedLoss()).isEqualTo(0.4);
        assertThat(joins.get("m").expectedLoss()).isEqualTo(0.3);
        assertThat(joins.get("m").servedAnswers()).isEqualTo(100);
        assertThat(joins.get("m").count(JoinCount.REQUESTS)).isEqualTo(3);
    }

    @Test
    void scores_that_start_again_replace_the_last_window() {
        add(requests(2).scored(100, 0.4, 0.3).window(4, true), 0);
        add(requests(3).scored(1, 7, 0.1).window(0, false), 1);
        assertThat(joins.get("m").servedLoss()).isEqualTo(7);

        add(requests(4).scored(100, 0.4, 0.3).window(0, true), 2);
        add(requests(5).of("other").scored(1, 6, 0.1).window(1, false), 3);
        assertThat(joins.get("m").servedLoss()).isEqualTo(6);
    }

    /** Would catch a page whose dimensions come and go. */
    @Test
    void a_report_without_dimensions_keeps_those_before_it_until_scores_start_again() {
        add(requests(1).scored(10, 0.5, 0.25).sliced("SEA", 10, 0.5).window(0, true), 0);
        add(requests(2).scored(20, 0.6, 0.25).sliced("SEA", 20, 0.6).window(1, false), 1);
        add(requests(3).scored(30, 0.7, 0.25).window(1, true), 2);
        add(requests(4).scored(40, 0.8, 0.25).window(2, false), 3);

        LatestJoin join = joins.get("m");
        assertThat(join.newest().scores())
                .extracting(score -> score.total().loss())
                .containsExactly(0.8, 0.6);
        assertThat(join.window().scores())
                .extracting(score -> score.window().loss())
                .containsExactly(0.7, 0.5);

        add(requests(5).of("other").scored(1, 0.9, 0.25).window(2, false), 4);
        assertThat(joins.get("m").newest().scores()).hasSize(1);
        add(requests(6).of("other").scored(2, 0.9, 0.25).sliced("SEA", 2, 0.9).window(2, false), 5);
        add(requests(7).of("other").scored(1, 0.9, 0.25).window(2, false), 6);
        assertThat(joins.get("m").newest().scores()).as("fewer answers").hasSize(1);
        add(requests(8).of("other").window(2, false).scored(3, 1, null).sliced("SEA", 3, 1), 7);
        add(requests(9).of("other").window(2, false), 8);
        assertThat(joins.get("m").newest().scores()).as("none yet").isEmpty();
    }

    @Test
    void a_loss_that_is_not_finite_or_absent_is_unknown() {
        add(requests(1), 0);
        assertThat(joins.get("m").servedLoss()).isNull();
        add(requests(1).scored(10, Double.NaN, Double.POSITIVE_INFINITY), 1);
        assertThat(joins.get("m").servedLoss()).isNull();
        assertThat(joins.get("m").expectedLoss()).isNull();
    }

    @Test
    void recent_counts_are_those_of_the_last_five_to_ten_minutes() {
        for (int minute = 0; minute <= 30; minute++) {
            add(requests(1_000 + 10 * minute).with(JoinCount.OPEN, 7), minute * MINUTE);
            assertThat(recent()).isBetween(10L * Math.min(minute, 5), 10L * 10);
        }
        assertThat(joins.get("m").recent().get(JoinCount.OPEN)).isEqualTo(7);
    }

    /** Would catch negative rates after a failure, and a job that started from nothing. */
    @Test
    void recent_counts_start_again_with_the_counts() {
        add(requests(1_000), 0);
        add(requests(1_500), MINUTE);
        assertThat(recent()).isEqualTo(500);
        add(requests(900), 2 * MINUTE);
        assertThat(recent()).isZero();
        add(requests(940), 3 * MINUTE);
        assertThat(recent()).isEqualTo(40);
    }

    /** Would catch models beyond the limit whose counts all start again with each report. */
    @Test
    void models_beyond_the_limit_are_ignored_until_one_is_silent_for_a_minute() {
        for (int i = 0; i < LatestJoins.MAXIMUM; i++) {
            assertThat(joins.isFull()).isFalse();
            assertThat(report(i, 0)).isTrue();
        }
        assertThat(joins.isFull()).isTrue();
        for (int round = 1; round <= 24; round++) {
            for (int i = 1; i < LatestJoins.MAXIMUM; i++) {
                assertThat(report(i, round * 5_000L)).isTrue();
            }
            assertThat(report(LatestJoins.MAXIMUM, round * 5_000L)).isEqualTo(round >= 12);
            assertThat(joins.models()).hasSize(LatestJoins.MAXIMUM);
        }
        assertThat(joins.get("m0")).as("silent").isNull();
        assertThat(joins.get("m1").recent().get(JoinCount.REQUESTS)).isEqualTo(120);
        assertThat(joins.get("m" + LatestJoins.MAXIMUM).recent().get(JoinCount.REQUESTS))
                .isEqualTo(60);
        joins.remove("m1");
        assertThat(joins.get("m1")).isNull();
    }

    /** A model that reports one request a second. */
    private boolean report(int number, long millis) {
        JoinReport report = requests(millis / 1_000).at(NOW + millis);
        return joins.add(
                new JoinReport("m" + number, "", report.window(), report.counts(), report.delays(), report.scores()),
                NOW + millis);
    }

    private void add(Joined report, long millis) {
        assertThat(joins.add(report.at(NOW + millis), NOW + millis)).isTrue();
    }

    private long recent() {
        return joins.get("m").recent().get(JoinCount.REQUESTS);
    }

    private static Joined requests(long requests) {
        return new Joined().with(JoinCount.REQUESTS, requests);
    }
}
