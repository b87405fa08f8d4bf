package io.freshet.job.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.sample.SchemaAnswer;
import io.freshet.schemas.sample.SchemaLookups;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a lookup that blocks its caller, waits without bound, or lets chosen ids flood the registry or the memory. */
@Timeout(60)
class BackgroundLookupsIT {
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final FakeRegistry registry = new FakeRegistry();
    private final AtomicLong now = new AtomicLong(1_000);
    private final AtomicInteger changes = new AtomicInteger();
    private final CountDownLatch slow = new CountDownLatch(1);
    private final RegistryHttp http =
            new RegistryHttp(RegistryAddress.of(registry.url(), null, null), Duration.ZERO, 1);
    private final SchemaLookups lookups = lookups(id -> {
        if (id == 99) {
            awaitQuietly();
        }
        return RegistryClient.fetch(id, http);
    });

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
        // The answer is there before its reader is told.
        await().untilAsserted(() -> assertThat(changes).hasValue(1));
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
        registry.require("");
        now.addAndGet(BackgroundLookups.REFUSED_FOR.toMillis());
        await().until(() -> decided(7).refusal() == null);
    }

    /** Otherwise, one id on which the registry fails ends the patience with all ids after it. */
    @Test
    void an_id_waits_from_its_own_first_failure_and_half_as_long_after_one_in_vain() {
        registry.fail("/schemas/ids/1", 403);
        assertThat(lookups.answer(1)).isNull();
        await().until(() -> registry.requests().size() > 2);
        now.addAndGet(PATIENCE.toMillis());
        assertThat(decided(1).refusal()).startsWith("schema 1: no answer for 600 s: ");
        registry.fail("/schemas/ids/7", 503);
        awaitRequests(7, 3);
        assertThat(lookups.answer(7)).isNull();
        now.addAndGet(PATIENCE.toMillis() / 2);
        assertThat(decided(7).refusal()).startsWith("schema 7: no answer for 300 s: ");
        registry.put("/schemas/ids/7", "{\"schema\": \"s\"}");
        now.addAndGet(BackgroundLookups.REFUSED_FOR.toMillis());
        await().until(() -> decided(7).refusal() == null);
        registry.fail("/schemas/ids/9", 503);
        awaitRequests(9, 3);
        now.addAndGet(PATIENCE.toMillis() - 1);
        assertThat(lookups.answer(9)).as("7 recovered").isNull();
    }

    /** Otherwise, the first hundred such ids keep all others from being looked up. */
    @ParameterizedTest
    @ValueSource(ints = {401, 403, 404, 500})
    void ids_on_which_the_registry_always_fails_free_their_places(int status) {
        registry.put("/schemas/ids/7", "{\"schema\": \"s\"}");
        int last = 1_000 + BackgroundLookups.MOST_OPEN;
        for (int id = 1_000; id < last; id++) {
            registry.fail("/schemas/ids/" + id, status);
            assertThat(lookups.answer(id)).isNull();
        }
        for (int id = 1_000; id < last; id++) {
            int each = id;
            await().until(() -> {
                now.addAndGet(PATIENCE.toMillis());
                return lookups.answer(each) != null;
            });
        }
        assertThat(decided(7).schemas()).containsExactly("s");
    }

    @Test
    void an_overdue_id_is_requested_again_in_the_background_and_its_records_wait_once() {
        registry.fail("/schemas/ids/1", 403);
        assertThat(lookups.answer(1)).isNull();
        awaitRequests(1, 2);
        now.addAndGet(PATIENCE.toMillis());
        assertThat(decided(1).refusal()).contains("no answer for 600 s");
        registry.put("/schemas/ids/7", "{\"schema\": \"s\"}");
        assertThat(decided(7).schemas()).containsExactly("s");
        long requests = requests(1);
        await().until(() -> {
            now.addAndGet(BackgroundLookups.REFUSED_FOR.toMillis());
            assertThat(lookups.answer(1)).as("waits no more").isNotNull();
            return requests(1) >= requests + 3;
        });
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
    void refused_ids_do_not_keep_others_from_being_looked_up() {
        try (SchemaLookups refusing = lookups(BackgroundLookupsIT::onlySeven)) {
            for (int id = 1_000; id < 1_000 + 2 * BackgroundLookups.MOST_OPEN; id++) {
                assertThat(decided(refusing, id).refusal()).isEqualTo("schema " + id);
            }
            assertThat(decided(refusing, 7).schemas()).containsExactly("s");
        }
    }

    @Test
    void a_flood_of_unknown_ids_keeps_a_bounded_number_of_refusals() {
        AtomicInteger requests = new AtomicInteger();
        try (SchemaLookups refusing = lookups(id -> {
            requests.incrementAndGet();
            return onlySeven(id);
        })) {
            int last = 1_000 + BackgroundLookups.MOST_REFUSED;
            for (int id = 1_000; id <= last; id++) {
                decided(refusing, id);
            }
            int all = requests.get();
            assertThat(decided(refusing, last).refusal()).isEqualTo("schema " + last);
            assertThat(requests).hasValue(all);
            assertThat(decided(refusing, 1_000).refusal())
                    .as("the least recently used")
                    .isEqualTo("schema 1000");
            assertThat(requests).hasValue(all + 1);
        }
    }

    @Test
    void a_flood_of_ids_without_an_answer_causes_a_bounded_number_of_lookups() {
        AtomicInteger requests = new AtomicInteger();
        try (SchemaLookups waiting = lookups(id -> {
            requests.incrementAndGet();
            awaitQuietly();
            return List.of("s");
        })) {
            int other = BackgroundLookups.MOST_OPEN;
            for (int id = 0; id < other; id++) {
                assertThat(waiting.answer(id)).isNull();
            }
            assertThat(decided(waiting, other).refusal())
                    .isEqualTo("schema 100: not requested, since 100 other ids have no answer (expected: fewer ids at a"
                            + " time)");
            slow.countDown();
            for (int id = 0; id < other; id++) {
                assertThat(decided(waiting, id).schemas()).containsExactly("s");
            }
            assertThat(requests).hasValue(other);
            assertThat(decided(waiting, other).schemas()).containsExactly("s");
        }
    }

    /** Its partition would wait as long as for a registry that is down, though others are answered. */
    @ParameterizedTest
    @ValueSource(ints = {400, 410, 422})
    void an_id_whose_request_the_registry_refuses_is_refused_after_a_few_attempts(int status) {
        registry.fail("/schemas/ids/1", status);
        registry.put("/schemas/ids/7", "{\"schema\": \"s\"}");
        assertThat(lookups.answer(1)).isNull();
        assertThat(decided(7).schemas()).containsExactly("s");
        assertThat(decided(1).refusal())
                .isEqualTo("schema 1: refused 5 times: schema registry, " + registry.url()
                        + "/schemas/ids/1: HTTP status " + status + " (expected: a schema)");
        assertThat(registry.requests().stream().filter("/schemas/ids/1"::equals))
                .hasSize(BackgroundLookups.ATTEMPTS);
    }

    /** These pass: credentials are renewed, permissions are granted, proxies and registries are repaired, and load ends. */
    @ParameterizedTest
    @ValueSource(ints = {401, 403, 404, 407, 408, 429, 500, 503})
    void an_id_on_which_the_registry_fails_for_a_while_waits(int status) {
        registry.fail("/schemas/ids/1", status);
        assertThat(lookups.answer(1)).isNull();
        await().until(() -> registry.requests().size() > 2 * BackgroundLookups.ATTEMPTS);
        assertThat(lookups.answer(1)).isNull();
    }

    /** An executor keeps an error to itself. */
    @Test
    void a_lookup_goes_on_after_an_error() {
        AtomicInteger attempts = new AtomicInteger();
        try (SchemaLookups failing = lookups(id -> {
            if (attempts.incrementAndGet() <= 2) {
                throw new StackOverflowError("deep");
            }
            return List.of("s");
        })) {
            assertThat(decided(failing, 7).schemas()).containsExactly("s");
        }
    }

    private SchemaLookups lookups(BackgroundLookups.Request request) {
        return new BackgroundLookups(
                request,
                new BackgroundLookups.Timing(PATIENCE, Duration.ofMillis(1)),
                now::get,
                changes::incrementAndGet);
    }

    private static List<String> onlySeven(int id) throws MalformedRecordException {
        if (id != 7) {
            throw new MalformedRecordException("schema " + id);
        }
        return List.of("s");
    }

    private void awaitRequests(int id, long count) {
        await().until(() -> {
            lookups.answer(id);
            return requests(id) >= count;
        });
    }

    private long requests(int id) {
        return registry.requests().stream()
                .filter(("/schemas/ids/" + id)::equals)
                .count();
    }

    private SchemaAnswer decided(int id) {
        return decided(lookups, id);
    }

    private static SchemaAnswer decided(SchemaLookups lookups, int id) {
        return await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> lookups.answer(id), answer -> answer != null);
    }

    private void awaitQuietly() {
        try {
            slow.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
