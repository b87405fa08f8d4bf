package io.freshet.schemas.facts;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Would catch a model that looks bad long after its last rejection, and rejections of one model that another one has. */
class RejectionsTest {
    private static final long NOW = 1_700_000_000_000L;

    private final Rejections rejections = new Rejections();

    @Test
    void records_count_for_ten_seconds() {
        rejections.add("m", 50, "x: missing", NOW);
        rejections.add("m", 50, "x: missing", NOW + 5_000);

        assertThat(rejections.perSecond("m", NOW + 5_000)).isEqualTo(10);
        assertThat(rejections.perSecond("m", NOW + 10_999)).isEqualTo(10);
        assertThat(rejections.perSecond("m", NOW + 11_000)).isEqualTo(5);
        assertThat(rejections.perSecond("m", NOW + 16_000)).isZero();
    }

    @Test
    void seconds_of_long_ago_do_not_count_again() {
        rejections.add("m", 50, "x: missing", NOW);
        rejections.add("m", 1, "x: missing", NOW + 60_000);
        rejections.add("m", 7, "late", NOW + 1_000);
        assertThat(rejections.recent("m", NOW + 60_000)).isEqualTo(1);
    }

    @Test
    void the_newest_reason_is_kept_beyond_the_ten_seconds() {
        rejections.add("m", 1, "first", NOW);
        rejections.add("m", 1, "second", NOW + 1_000);
        rejections.add("m", 1, "older", NOW + 500);
        assertThat(rejections.newest("m")).isEqualTo(new Rejections.Rejected("second", NOW + 1_000));
    }

    @Test
    void a_record_of_another_model_and_one_that_no_model_could_decode_count_for_none() {
        rejections.add("a", 10, "x: missing", NOW);
        assertThat(rejections.recent("b", NOW)).isZero();
        assertThat(rejections.newest("b")).isNull();

        rejections.add(Rejections.ALL, 5, "not Avro", NOW + 1);
        assertThat(rejections.recent("a", NOW + 1)).isEqualTo(10);
        assertThat(rejections.recent("b", NOW + 1)).isZero();
        assertThat(rejections.newest("a").reason()).isEqualTo("x: missing");
        assertThat(rejections.recent(Rejections.ALL, NOW + 1)).isEqualTo(5);
        assertThat(rejections.newest(Rejections.ALL).reason()).isEqualTo("not Avro");
    }

    /** Names come from headers, which anyone can write who can write the topic. */
    @Test
    void the_models_that_rejected_a_record_last_are_kept() {
        rejections.add("m", 1, "x: missing", NOW);
        for (int i = 0; i < 3 * Rejections.MAXIMUM_MODELS; i++) {
            rejections.add("other" + i, 1, "x: missing", NOW);
            if (i % 500 == 0) {
                rejections.add("m", 1, "x: missing", NOW);
            }
        }
        assertThat(rejections.newest("m")).isNotNull();
        assertThat(rejections.newest("other0")).isNull();
    }
}
