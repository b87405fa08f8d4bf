package io.freshet.learning.optimizer;

import static io.freshet.learning.Golden.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.learning.Golden;
import io.freshet.learning.TestSpecs;
import io.freshet.learning.spec.ScheduleTable;
import io.freshet.learning.spec.TrainingSpec;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Would catch a rate that starts one update early, falls past its minimum, or waits one window too long. */
class ScheduleGoldenTest {
    private static final double RELATIVE = 1e-9;
    private static final double FLOOR = 1e-15;

    @Test
    void rates_equal_those_of_the_formulas() {
        JsonNode golden = Golden.read("reference/schedules.json");
        JsonNode points = golden.get("t");
        Set<String> seen = new TreeSet<>();
        int compared = 0;
        for (JsonNode each : golden.get("schedules")) {
            TrainingSpec training = training(each);
            Schedule schedule = training.schedule();
            seen.add(schedule.name());
            for (int i = 0; i < points.size(); i++) {
                long t = points.get(i).longValue();
                assertClose(
                        schedule.rate(training.learningRate(), t, schedule.memory()),
                        each.get("rates").get(i).doubleValue(),
                        RELATIVE,
                        FLOOR,
                        schedule + ", t " + t);
                compared++;
            }
        }
        assertThat(compared).isEqualTo(19 * 56);
        seen.add("plateau");
        assertThat(seen).as("schedules in the golden file").isEqualTo(ScheduleTable.ALL.names());
    }

    @Test
    void a_plateau_lowers_the_rate_from_its_window_on() {
        JsonNode plateaus = Golden.read("reference/schedules.json").get("plateaus");
        for (JsonNode each : plateaus) {
            TrainingSpec training = training(each);
            Schedule schedule = training.schedule();
            double[] memory = schedule.memory();
            for (int window = 0; window < each.get("rates").size(); window++) {
                if (window > 0) {
                    schedule.endWindow(
                            memory, each.get("windowLosses").get(window - 1).doubleValue());
                }
                assertClose(
                        schedule.rate(training.learningRate(), 10L * window, memory),
                        each.get("rates").get(window).doubleValue(),
                        RELATIVE,
                        FLOOR,
                        schedule + ", window " + window);
            }
        }
        assertThat(plateaus).hasSize(4);
    }

    /** The file's JSON is also valid YAML. */
    private static TrainingSpec training(JsonNode golden) {
        return TestSpecs.training(
                "optimizer: {type: sgd, learningRate: "
                        + golden.get("learningRate").doubleValue() + "}",
                "schedule: " + golden.get("schedule"));
    }
}
