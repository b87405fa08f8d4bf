package io.freshet.server;

import static io.freshet.server.InferBodies.inputs;
import static io.freshet.server.InferBodies.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.freshet.learning.spec.ModelSpec;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Logging answers without a broker: catches an answer that waits for it, or a loss that is not counted. */
class AnswersIT {
    private static final ServerOptions OPTIONS = ServerOptions.of("127.0.0.1:1").withAddress("127.0.0.1", 0);
    private static final ModelSpec SPEC =
            ModelSpec.parse("{name: m, label: y, loss: mean-squared-error, features: {numeric: [a]}}");
    private static final String A = tensor("a", "[2]", "FP64", "[1, 2]");

    private RunningServer server;

    @BeforeEach
    void start() {
        server = new RunningServer(logging("freshet.answers", 1));
        server.publish(Published.records(SPEC, "", 1, 0, 1));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void answers_that_no_broker_takes_are_dropped_and_counted() throws Exception {
        assertThat(server.scrape())
                .contains(
                        "freshet_answers_total{result=\"logged\"} 0.0",
                        "freshet_answers_total{result=\"dropped\"} 0.0");

        for (int i = 0; i < 20; i++) {
            server.infer("m", inputs(A));
        }

        await().untilAsserted(
                        () -> assertThat(server.scrape()).contains("freshet_answers_total{result=\"dropped\"} 40.0"));
        assertThat(server.scrape()).contains("freshet_answers_total{result=\"logged\"} 0.0");
    }

    @Test
    void answers_to_plain_rows_are_logged_too() throws Exception {
        String rows = "{\"instances\": [{\"a\": 1, \"id\": \"i1\"}, {\"a\": 2}]}";

        assertThat(server.post("/v1/models/m:predict", rows).statusCode()).isEqualTo(200);

        await().untilAsserted(
                        () -> assertThat(server.scrape()).contains("freshet_answers_total{result=\"dropped\"} 2.0"));
    }

    @Test
    void rows_may_have_ids_which_the_model_does_not_read() throws Exception {
        String plain = server.infer("m", inputs(A)).encode();

        assertThat(server.infer("m", inputs(A, tensor("id", "[2]", "BYTES", "[\"i1\", null]")))
                        .encode())
                .isEqualTo(plain);
        assertThat(error(inputs(A, tensor("id", "[2]", "INT64", "[1, 2]"))))
                .isEqualTo("id: 1 (INT64) (expected: a text (BYTES))");
        assertThat(error(inputs(A, tensor("id", "[2,2]", "BYTES", "[\"1\", \"2\", \"3\", \"4\"]"))))
                .isEqualTo("id.shape: [2, 2] (expected: [n] or [n,1])");
    }

    @Test
    void the_sample_is_a_share_and_the_topic_is_not_one_that_freshet_reads() {
        assertThatThrownBy(() -> logging("a", 1.5)).hasMessage("logAnswersSample: 1.5 (expected: in (0, 1])");
        assertThatThrownBy(() -> logging("a", 0)).hasMessage("logAnswersSample: 0.0 (expected: in (0, 1])");
        assertThatThrownBy(() -> logging("freshet.samples", 1))
                .hasMessage("logAnswers: freshet.samples (expected: a topic that Freshet does not read)");
    }

    private static ServerOptions logging(String topic, double share) {
        return OPTIONS.withKafka(Map.of("max.block.ms", "100"))
                .withWriting(new ServerOptions.Writing(null, new ServerOptions.Answers(topic, share)));
    }

    private String error(String body) throws Exception {
        HttpResponse<String> response = server.post("/v2/models/m/infer", body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        return new JsonObject(response.body()).getString("error");
    }
}
