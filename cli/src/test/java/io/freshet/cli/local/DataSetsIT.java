package io.freshet.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * The examples on the public data sets that they were written for. Skipped unless the environment variable FRESHET_DATA
 * names a folder that has these.
 */
class DataSetsIT {
    @Test
    void electricity_is_predicted_better_than_by_the_label_before() throws Exception {
        // Repeating the label before is right in 85 of 100 rows.
        assertThat(train("electricity").get("accuracy").asDouble()).isGreaterThan(0.87);
    }

    @Test
    void prices_of_diamonds_are_explained_in_large_part() throws Exception {
        JsonNode report = train("diamonds");
        assertThat(report.get("loss").asDouble())
                .isLessThan(0.2 * report.get("baselineLoss").asDouble());
    }

    @Test
    void states_of_the_shuttle_are_told_apart() throws Exception {
        JsonNode report = train("shuttle");
        // Always saying the largest class is right in 79 of 100 rows.
        assertThat(report.get("accuracy").asDouble()).isGreaterThan(0.9);
        assertThat(report.get("logLoss").asDouble())
                .isLessThan(0.5 * report.get("baselineLoss").asDouble());
    }

    private static JsonNode train(String name) throws IOException {
        String data = System.getenv("FRESHET_DATA");
        assumeThat(data).as("FRESHET_DATA, a folder of data sets").isNotNull();
        Path input = Path.of(data == null ? "" : data, name + ".csv.gz");
        assumeThat(Files.exists(input)).as("%s exists", input).isTrue();
        Path spec = Path.of("..", "examples", name + ".yaml");
        Run run = Run.of("train", "--spec", spec.toString(), "--input", input.toString(), "--output", "json");
        assertThat(run.code()).as(run.err()).isZero();
        return new ObjectMapper().readTree(run.out());
    }
}
