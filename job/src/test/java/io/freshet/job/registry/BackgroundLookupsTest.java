package io.freshet.job.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.schemas.confluent.SchemaAnswer;
import io.freshet.schemas.confluent.SchemaLookups;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Would catch a lookup that blocks its caller, waits without bound, or lets chosen ids flood the registry or the memory. */
@Timeout(60)
class BackgroundLookupsTest {
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final FakeRegistry registry = new FakeRegistry();
    private final AtomicLong now = new AtomicLong(1_000);
    private final AtomicInteger changes = new AtomicInteger();
    private final CountDownLatch slow = new CountDownLatch(1);
    private final RegistryHttp http =
            new RegistryHttp(RegistryAddress.of(registry.url(), null, null), Duration.ZERO, 1);
    private final SchemaLookups lookups = new BackgroundLookups(
            id -> {
                if (id == 99) {
                    awaitQuietly();
                }
                return RegistryClient.fetch(id, http);
            },
            new BackgroundLookups.Timing(PATIENCE, Duration.ofMillis(1)),
            now::get,
            changes::incrementAndGet);

    @AfterEach
    void stop() {
        slow.countDown();
        lookups.close();
        registry.close();
    }

    @Test
    void a_schema_is_requested_once_however_often_it_is_asked_for() {
        registry.put("/schemas/ids/7", "{\"schema\": \"s\"}");
        assertThat(decided(7).schemas()).containsExactly("s");
        assertThat(decided(7).schemas()).containsExactly("s");
        assertThat(registry.requests()).hasSize(1);
        assertThat(changes).hasValue(1);
    }

    @Test
    void a_slow_answer_does_not_delay_others() {
        registry.put("/schemas/ids/99", "{\"schema\": \"slow\"}");
        registry.put("/schemas/ids/7", "{\"schema\": \"s\"}");
        assertThat(lookups.answer(99)).isNull();
        assertThat(decided(7).schemas()).containsExactly("s");
        assertThat(lookups.answer(99)).isNull();
        slow.countDown();
        assertThat(decided(99).schemas()).containsExactly("slow");
    }

    @Test
    void an_unknown_id_is_refused_and_requested_again_after_half_a_minute() {
        assertThat(decided(8).refusal()).isEqualTo("schema 8: Schema not found (expected: a schema in the registry)");
        registry.put("/schemas/ids/8", "{\"schema\": \"late\"}");
        now.addAndGet(29_999);
        assertThat(decided(8).refusal()).contains("Schema not found");
        assertThat(registry.requests()).hasSize(1);
        now.addAndGet(1);
        assertThat(lookups.answer(8)).isNull();
        assertThat(decided(8).schemas()).containsExactly("late");
    }

    @Test
    void a_registry_that_fails_is_asked_again_until_the_patience_ends_and_then_in_the_background() {
        registry.require("Bearer other");
        registry.put("/schemas/ids/7", "{\"schema\": \"s\"}");
        assertThat(lookups.answer(7)).isNull();
        await().until(() -> registry.requests().size() > 5);
        now.addAndGet(PATIENCE.toMillis() - 1);
        assertThat(lookups.answer(7)).isNull();
        now.addAndGet(1);
        assertThat(decided(7).refusal())
                .isEqualTo("schema 7: no answer for 600 s: schema registry, " + registry.url()
                        + "/schemas/ids/7: HTTP status 401 (expected: a schema)");
        // Whoever asks for another id now does not wait as long again.
        assertThat(decided(8).refusal()).startsWith("schema 8: no answer for 600 s: ");
        registry.require("");
        await().until(() -> decided(7).refusal() == null);
        assertThat(lookups.answer(9)).as("patience starts again").isNull();
    }

    @Test
    void an_id_on_which_the_registry_always_fails_does_not_stop_others() {
        registry.put("/schemas/ids/1", "<html>welcome</html>");
        registry.put("/schemas/ids/7", "{\"schema\": \"s\"}");
        assertThat(lookups.answer(1)).isNull();
        await().until(() -> registry.requests().size() > 2);
        now.addAndGet(PATIENCE.toMillis());
        assertThat(decided(1).refusal()).startsWith("schema 1: no answer for 600 s: ");
        assertThat(decided(7).schemas()).containsExactly("s");
    }

    @Test
    void garbage_and_huge_answers_are_neither_schemas_nor_kept() {
        registry.put("/schemas/ids/1", "<html>welcome</html>");
        registry.put("/schemas/ids/2", "{\"schema\": \"" + "x".repeat(5 << 20) + "\"}");
        String half = "x".repeat(3 << 20);
        registry.put(
                "/schemas/ids/3",
                "{\"schema\": \"" + half + "\", \"references\": [{\"subject\": \"r\", \"version\": 1}]}");
        registry.put("/subjects/r/versions/1", "{\"schema\": \"" + half + "\"}");
        assertThat(decided(2).refusal()).isEqualTo("schema 2: more than 4194304 bytes (expected: up to 4194304)");
        assertThat(decided(3).refusal())
                .isEqualTo("schema 3: more than 4194304 characters with its references (expected: fewer)");
        assertThat(lookups.answer(1)).isNull();
        await().until(() ->
                registry.requests().stream().filter("/schemas/ids/1"::equals).count() > 2);
        now.addAndGet(PATIENCE.toMillis());
        assertThat(decided(1).refusal()).contains("HTTP status 200 without a schema");
    }

    @Test
    void a_flood_of_unknown_ids_causes_a_bounded_number_of_requests() {
        registry.put("/schemas/ids/7", "{\"schema\": \"s\"}");
        assertThat(decided(7).refusal()).isNull();
        int end = 1_000 + BackgroundLookups.MOST_OPEN;
        IntStream.range(1_000, end).forEach(lookups::answer);
        IntStream.range(1_000, end)
                .forEach(id -> assertThat(decided(id).refusal()).contains("Schema not found"));
        for (int id = 2_000; id < 12_000; id++) {
            SchemaAnswer answer = lookups.answer(id);
            assertThat(answer).isNotNull();
            assertThat(answer.refusal())
                    .isEqualTo("schema " + id + ": not requested, since 100 other ids have no schema (expected: fewer"
                            + " unknown ids)");
        }
        assertThat(decided(7).schemas()).containsExactly("s");
        assertThat(registry.requests()).hasSize(1 + BackgroundLookups.MOST_OPEN);
        now.addAndGet(BackgroundLookups.REFUSED_FOR.toMillis());
        assertThat(decided(2_000).refusal()).contains("Schema not found");
    }

    private SchemaAnswer decided(int id) {
        return await().until(() -> lookups.answer(id), answer -> answer != null);
    }

    private void awaitQuietly() {
        try {
            slow.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
