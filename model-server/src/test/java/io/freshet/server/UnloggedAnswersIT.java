package io.freshet.server;

import static io.freshet.server.InferBodies.inputs;
import static io.freshet.server.InferBodies.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.server.answers.AnswerPolicy;
import io.freshet.server.answers.LoggedFields;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Requests whose answers are not logged: catches one that waits for the log, or an answer that is logged all the same. */
class UnloggedAnswersIT {
    private static final ModelSpec SPEC =
            ModelSpec.parse("{name: m, label: y, loss: mean-squared-error, features: {numeric: [a]}}");
    private static final ModelSpec WIDE = ModelSpec.parse(
            "{name: wide, label: y, loss: mean-squared-error, features: {dense: [{field: v, length: 1000}]}}");
    private static final String ROW = inputs(tensor("a", "[1]", "FP64", "[1]"));
    private static final String TRIAL = ROW.replaceFirst("\\{", "{\"parameters\": {\"log\": false}, ");

    @Test
    void a_request_may_say_that_it_is_not_logged_and_then_waits_for_no_broker() throws Exception {
        try (RunningServer server = logging(1, Duration.ofMillis(200), "100")) {
            server.publish(SPEC, 1);

            JsonObject trial = server.infer("m", TRIAL);

            assertThat(trial.containsKey("id")).isFalse();
            assertThat(trial.getJsonObject("parameters").containsKey("log")).isFalse();
            assertThat(server.post("/v2/models/m/infer", ROW).statusCode()).isEqualTo(503);
            assertThat(server.post("/v2/models/m/infer", ROW.replaceFirst("\\{", "{\"parameters\": {\"log\": true}, "))
                            .statusCode())
                    .isEqualTo(503);
            assertThat(server.post("/v2/models/m/infer", TRIAL.replace("false", "\"no\""))
                            .body())
                    .contains("parameters.log: no (expected: true or false)");
            assertThat(dropped(server)).isEqualTo(2);
        }
    }

    @Test
    void its_shadow_predicts_and_is_not_logged_either() throws Exception {
        try (RunningServer server = logging(1, null, "100")) {
            server.publish(SPEC, 1, 3);
            server.label("m", "shadow", "{\"version\": \"1\"}");

            server.infer("m", TRIAL);
            await().untilAsserted(() -> assertThat(server.scrape())
                    .contains(
                            "freshet_shadow_requests_total{model=\"m\",result=\"predicted\"} 1.0",
                            "freshet_shadow_difference_count{model=\"m\"} 1"));
            server.infer("m", ROW);

            // Of the second request, the answer and that of its shadow.
            await().until(() -> dropped(server) >= 2);
            assertThat(dropped(server)).isEqualTo(2);
        }
    }

    @Test
    void what_is_not_in_the_sample_does_not_wait_while_the_log_is_full() throws Exception {
        // The first answer waits for the broker until the test is over.
        try (RunningServer server = logging(0.5, Duration.ofMillis(200), "600000")) {
            server.publish(SPEC, 1);
            server.publish(Published.records(WIDE, "", 1, 0, 1));
            String vectors = inputs(tensor("v", "[400, 1000]", "FP64", "[" + "0.125,".repeat(399_999) + "0.125]"));
            Set<Integer> full = new TreeSet<>();
            for (int i = 0; i < 12; i++) {
                full.add(server.post("/v2/models/wide/infer", vectors).statusCode());
            }
            assertThat(full).containsExactly(503);

            Set<Integer> statuses = new TreeSet<>();
            for (int i = 0; i < 40; i++) {
                statuses.add(server.post("/v2/models/m/infer", ROW.replaceFirst("\\{", "{\"id\": \"r" + i + "\", "))
                        .statusCode());
            }

            assertThat(statuses).containsExactly(200, 503);
        }
    }

    private static RunningServer logging(double share, Duration deadline, String maximumBlockMillis) {
        AnswerPolicy policy = new AnswerPolicy(share, LoggedFields.ALL, deadline);
        return new RunningServer(ServerOptions.of("127.0.0.1:1")
                .withAddress("127.0.0.1", 0)
                .withKafka(Map.of("max.block.ms", maximumBlockMillis))
                .withWriting(new ServerOptions.Writing(null, new ServerOptions.Answers("freshet.answers", policy))));
    }

    private static double dropped(RunningServer server) {
        return server.scrape()
                .lines()
                .filter(line -> line.startsWith("freshet_answers_total{result=\"dropped\"} "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }
}
