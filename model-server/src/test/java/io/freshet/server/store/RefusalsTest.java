package io.freshet.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.spec.PublishSpec.Lane;
import io.freshet.server.store.Refusals.Refusal;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Would catch a problem that stays after it is solved, or a reason that is forgotten with it. */
class RefusalsTest {
    private final Refusals refusals = new Refusals();

    @Test
    void the_newest_of_a_key_has_the_time_of_the_first_until_another_one_is_served() {
        refusals.add("m", refusal("a", "1", "not finite", 10));
        refusals.add("m", refusal("a", "2", "not finite", 20));

        assertThat(refusals.of("m")).containsExactly(refusal("a", "2", "not finite", 10));
        assertThat(refusals.all().get("m"))
                .containsExactly(refusal("a", "2", "not finite", 10), refusal("a", "1", "not finite", 0));

        refusals.resolved("m", "a");

        assertThat(refusals.of("m")).isEmpty();
        assertThat(refusals.all().get("m"))
                .containsExactly(refusal("a", "2", "not finite", 0), refusal("a", "1", "not finite", 0));
        assertThat(refusals.last("m")).isEqualTo(refusal("a", "2", "not finite", 20));
    }

    @Test
    void one_that_is_read_again_occurs_once() {
        refusals.add("m", refusal("", "1", "not finite", 10));
        refusals.add("m", refusal("", "2", "not finite", 20));
        refusals.add("m", refusal("", "1", "not finite", 30));

        assertThat(refusals.all().get("m")).extracting(Refusal::version).containsExactly("1", "2");
    }

    @Test
    void one_that_cannot_be_read_is_not_the_newest_of_a_key() {
        refusals.add("m", refusal("", null, "checksum", 10));

        assertThat(refusals.of("m")).isEmpty();
        assertThat(refusals.all().get("m")).containsExactly(refusal("", null, "checksum", 0));
    }

    @Test
    void the_last_are_forgotten_with_the_model_and_the_newest_with_their_topic() {
        refusals.add("m", refusal("", "1", "not finite", 10));

        refusals.forget("m");
        assertThat(refusals.last("m")).isNull();
        assertThat(refusals.all()).isEmpty();
        assertThat(refusals.of("m")).hasSize(1);

        refusals.deleted("m", "", Lane.COMMITTED);
        assertThat(refusals.of("m")).hasSize(1);
        refusals.deleted("m", "", Lane.EAGER);
        assertThat(refusals.of("m")).isEmpty();
    }

    /** They are one entry, whose time is that of the keys that are refused. */
    @Test
    void a_reason_of_several_keys_has_a_time_while_one_of_them_is_refused() {
        refusals.add("m", refusal("a", "5", "not finite", 10));
        refusals.add("m", refusal("b", "5", "not finite", 20));
        refusals.resolved("m", "b");

        assertThat(refusals.all().get("m")).containsExactly(refusal("b", "5", "not finite", 10));

        refusals.resolved("m", "a");
        assertThat(refusals.all().get("m")).containsExactly(refusal("b", "5", "not finite", 0));
    }

    @Test
    void the_last_ten_of_a_model_are_kept() {
        for (int version = 1; version <= 12; version++) {
            refusals.add("m", refusal("", Integer.toString(version), "not finite", version));
        }

        assertThat(refusals.all().get("m")).hasSize(10).first().isEqualTo(refusal("", "12", "not finite", 1));
    }

    private static Refusal refusal(String key, @Nullable String version, String reason, long since) {
        return new Refusal(key, version, reason, false, Lane.EAGER, since);
    }
}
