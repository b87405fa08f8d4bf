package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.server.http.Limits;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Would catch a small request of the V1 protocol that takes memory for all fields in all rows. */
class AbsentInstancesIT {
    private static final int ROWS = 10_000;
    private static final int FIELDS = 600;
    private RunningServer server;

    @BeforeEach
    void start() {
        server = new RunningServer(
                ServerOptions.of("unused:1").withAddress("127.0.0.1", 0).withLimits(Limits.of(ROWS, 1_000_000)));
        String missing = fields("f%d: indicator");
        server.publish(Published.records(
                ModelSpec.parse("{name: m, label: y, loss: mean-squared-error, features: {numeric: [" + fields("f%d")
                        + "], missing: {fields: {" + missing + "}}}}"),
                "",
                1,
                1,
                1));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void many_rows_may_lack_few_fields_or_few_rows_many() throws Exception {
        assertThat(predict("{\"f1\": 1}" + ", {}".repeat(ROWS - 1)).statusCode())
                .isEqualTo(200);
        assertThat(predict("{" + fields("\"f%d\": 1") + "}, {}").statusCode()).isEqualTo(200);
    }

    @Test
    void many_rows_that_lack_many_fields_are_refused() throws Exception {
        String all = "{" + fields("\"f%d\": 1") + "}";

        assertThat(error(all + ", {}".repeat(ROWS - 1)))
                .isEqualTo("instances: 6991 rows and 600 fields, with 600 values"
                        + " (expected: rows with the same fields together; with absent values, up to 4194304)");
        assertThat(error("{}, ".repeat(ROWS - 1) + all))
                .startsWith("instances: 10000 rows and 420 fields, with 420 values (expected: ");
    }

    private HttpResponse<String> predict(String rows) throws Exception {
        return server.post("/v1/models/m:predict", "{\"instances\": [" + rows + "]}");
    }

    private String error(String rows) throws Exception {
        HttpResponse<String> response = predict(rows);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        return new JsonObject(response.body()).getString("error");
    }

    private static String fields(String format) {
        return IntStream.range(0, FIELDS).mapToObj(format::formatted).collect(Collectors.joining(", "));
    }
}
