package io.freshet.job.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.schemas.avro.MalformedRecordException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Would catch valid records that become dead letters while a registry fails, and malformed records that fail the job. */
@Timeout(60)
class RegistryClientIT {
    private final FakeRegistry registry = new FakeRegistry();
    private final RegistryClient client = client(RegistryAddress.of(registry.url() + "/", null, null));

    @AfterEach
    void stop() {
        registry.close();
    }

    @Test
    void a_schema_is_fetched_once() throws Exception {
        registry.put("/schemas/ids/7", "{\"schema\": \"\\\"string\\\"\"}");
        assertThat(client.schemas(7)).containsExactly("\"string\"");
        assertThat(client.schemas(7)).containsExactly("\"string\"");
        assertThat(registry.requests()).containsExactly("/schemas/ids/7");
    }

    @Test
    void referenced_schemas_come_first_and_once_each() throws Exception {
        registry.put("/schemas/ids/7", """
                {"schema": "main", "schemaType": "AVRO", "references": [
                  {"name": "a.B", "subject": "a b/c", "version": 2}, {"name": "a.C", "subject": "c", "version": 1}]}
                """);
        registry.put("/subjects/a%20b%2Fc/versions/2", """
                {"schema": "b", "references": [{"name": "a.C", "subject": "c", "version": 1}]}
                """);
        registry.put("/subjects/c/versions/1", "{\"schema\": \"c\"}");
        assertThat(client.schemas(7)).containsExactly("c", "b", "main");
    }

    @Test
    void an_unknown_id_is_a_malformed_record_and_requested_again_later() throws Exception {
        for (int i = 0; i < 100; i++) {
            assertMalformed(8, "schema 8: Schema not found (expected: a schema in the registry)");
        }
        assertThat(registry.requests()).hasSize(1);
        registry.put("/schemas/ids/8", "{\"schema\": \"late\"}");
        assertMalformed(8, "schema 8: Schema not found (expected: a schema in the registry)");
        assertThat(client.schemas(8)).containsExactly("late");
    }

    @Test
    void a_schema_that_is_not_avro_is_a_malformed_record() {
        registry.put("/schemas/ids/1", "{\"schema\": \"syntax\", \"schemaType\": \"PROTOBUF\"}");
        assertMalformed(1, "schema 1: of type PROTOBUF (expected: an Avro schema)");
        registry.put("/schemas/ids/2", "{\"schema\": \"" + "x".repeat(5 << 20) + "\"}");
        assertMalformed(2, "schema 2: more than 4194304 bytes (expected: up to 4194304)");
        registry.put(
                "/schemas/ids/3", "{\"schema\": \"s\", \"references\": [{\"subject\": \"none\", \"version\": 1}]}");
        assertMalformed(3, "schema 3: Schema not found (expected: a schema in the registry)");
    }

    @Test
    void a_request_to_a_failing_registry_is_repeated() throws Exception {
        registry.put("/schemas/ids/7", "{\"schema\": \"s\"}");
        registry.failOnce(503);
        registry.failOnce(429);
        assertThat(client.schemas(7)).containsExactly("s");
        assertThat(registry.requests()).hasSize(3);
    }

    @Test
    void a_job_waits_while_the_registry_fails() throws Exception {
        registry.put("/schemas/ids/7", "{\"schema\": \"s\"}");
        Collections.nCopies(40, 503).forEach(registry::failOnce);
        assertThat(waiting().schemas(7)).containsExactly("s");
        assertThat(registry.requests()).hasSize(41);
    }

    @Test
    void a_registry_that_keeps_failing_fails_a_command_and_blames_no_record() throws Exception {
        registry.put("/schemas/ids/7", "{\"schema\": \"s\"}");
        Collections.nCopies(6, 500).forEach(registry::failOnce);
        assertThatThrownBy(() -> client.schemas(7))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("schema registry, " + registry.url() + "/schemas/ids/7: HTTP status 500");
        assertThat(client.schemas(7)).containsExactly("s");
    }

    /** A 404 from a proxy or another server does not mean that the schema does not exist. */
    @Test
    void a_response_from_another_server_fails_the_job() {
        registry.failOnce(404);
        assertThatThrownBy(() -> client.schemas(7))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("HTTP status 404");
        registry.failOnce(302);
        assertThatThrownBy(() -> client.schemas(7)).hasMessageContaining("HTTP status 302");
        registry.put("/schemas/ids/7", "<html>welcome</html>");
        assertThatThrownBy(() -> client.schemas(7)).hasMessageContaining("HTTP status 200 without a schema");
        registry.failOnce(401);
        assertThatThrownBy(() -> waiting().schemas(7)).hasMessageContaining("HTTP status 401");
    }

    /** Refusals are kept, and end in dead letters. */
    @Test
    void a_long_message_of_the_registry_is_shortened() {
        registry.put("/schemas/ids/7", "{\"message\": \"" + "x".repeat(1 << 20) + "\"}");
        assertThatThrownBy(() -> client.schemas(7))
                .hasMessageContaining(
                        "HTTP status 200 without a schema: " + "x".repeat(1_000) + "... (expected: a schema)");
    }

    @Test
    void an_unreachable_registry_fails_a_command() {
        registry.close();
        assertThatThrownBy(() -> client.schemas(7)).isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void a_canceled_task_does_not_wait() {
        Collections.nCopies(6, 500).forEach(registry::failOnce);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> waiting().schemas(7))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("interrupted");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void credentials_are_sent_and_never_shown() throws Exception {
        registry.put("/schemas/ids/7", "{\"schema\": \"s\"}");
        registry.require("Basic " + Base64.getEncoder().encodeToString("me:s3cret:x".getBytes(UTF_8)));
        RegistryAddress address = RegistryAddress.of(registry.url(), "me:s3cret:x", null);
        assertThat(client(address).schemas(7)).containsExactly("s");
        registry.require("Bearer t0ken");
        assertThatThrownBy(() -> client(address).schemas(7))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("HTTP status 401")
                .hasMessageNotContaining("s3cret");
        RegistryAddress bearer = RegistryAddress.of(registry.url(), null, "t0ken");
        assertThat(client(bearer).schemas(7)).containsExactly("s");
        assertThat(List.of(address, bearer))
                .allSatisfy(shown -> assertThat(shown.toString()).isEqualTo(registry.url()));
        assertThatThrownBy(() -> RegistryAddress.of("http://me:s3cret@host", null, null))
                .hasMessageNotContaining("s3cret");
        assertThatThrownBy(() -> RegistryAddress.of("http://host", "me", null)).hasMessageContaining("USER:PASSWORD");
    }

    @Test
    void a_schema_is_registered_under_its_subject() {
        registry.put("/subjects/a%20b-value/versions", "{\"id\": 70000}");
        registry.failOnce(503);
        assertThat(client.register("a b-value", "{\"type\": \"int\"}")).isEqualTo(70_000);
        assertThat(registry.bodies()).last().isEqualTo("{\"schema\":\"{\\\"type\\\": \\\"int\\\"}\"}");
    }

    @Test
    void a_refused_schema_is_reported_with_the_reason_of_the_registry() {
        assertThatThrownBy(() -> waiting().register("s-value", "\"int\""))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("subject s-value: Schema not found");
        registry.put("/subjects/s-value/versions", "{\"message\": \"no id\"}");
        assertThatThrownBy(() -> client.register("s-value", "\"int\""))
                .hasMessageContaining("/subjects/s-value/versions: HTTP status 200 without an id: no id");
    }

    @Test
    void a_client_is_serializable() throws Exception {
        registry.put("/schemas/ids/7", "{\"schema\": \"s\"}");
        client.schemas(7);
        assertThat(InstantiationUtil.clone(client).schemas(7)).containsExactly("s");
    }

    private RegistryClient waiting() {
        RegistryAddress address = RegistryAddress.of(registry.url(), null, null);
        return RegistryClient.waiting(address).withFirstPause(Duration.ofMillis(1));
    }

    private static RegistryClient client(RegistryAddress address) {
        return RegistryClient.impatient(address).withFirstPause(Duration.ofMillis(1));
    }

    private void assertMalformed(int id, String message) {
        assertThatThrownBy(() -> client.schemas(id))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessage(message);
    }
}
