package io.freshet.learning.predict;

import static io.freshet.learning.Golden.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.learning.Golden;
import io.freshet.learning.spec.ModelSpec;
import org.junit.jupiter.api.Test;

/** Compares calibrated predictions and their losses with NumPy. */
class CalibrationGoldenTest {
    @Test
    void predictions_and_losses_are_those_of_the_definition() {
        JsonNode cases = Golden.read("reference/late_labels.json").get("calibrations");

        assertThat(cases).hasSizeGreaterThan(50);
        for (JsonNode each : cases) {
            String what = each.toString();
            double logit =
                    of(each.get("late").doubleValue()).logit(each.get("logit").doubleValue());
            assertClose(logit, each.get("calibrated").doubleValue(), 1e-10, 1e-10, what);
            assertClose(Calibration.prediction(logit), each.get("prediction").doubleValue(), 1e-7, 1e-12, what);
            assertClose(Calibration.loss(logit, 0), each.get("lossOf0").doubleValue(), 1e-9, 1e-12, what);
            assertClose(Calibration.loss(logit, 1), each.get("lossOf1").doubleValue(), 1e-9, 1e-12, what);
        }
    }

    @Test
    void predictions_rise_with_the_logit_and_every_loss_is_finite() {
        Calibration calibration = of(0.7);
        double last = Double.NEGATIVE_INFINITY;
        for (double z = -800; z <= 800; z += 0.37) {
            double logit = calibration.logit(z);
            assertThat(logit).isBetween(last, Calibration.LARGEST_LOGIT);
            assertThat(Calibration.prediction(logit)).isBetween(0f, 1f);
            assertThat(Calibration.loss(logit, 0)).isBetween(0.0, 17.0);
            last = logit;
        }
        assertThat(calibration.logit(Float.MAX_VALUE)).isEqualTo(Calibration.LARGEST_LOGIT);
        assertThat(calibration.logit(Double.NaN)).isNaN();
    }

    @Test
    void only_models_with_calibrated_labels_are_calibrated() {
        assertThat(Calibration.of(spec("join: {within: 1h, after: 0, delayed: {type: weighted, late: 0.5}}")))
                .isNull();
        assertThat(Calibration.of(spec("join: {within: 1h, after: 0}"))).isNull();
        assertThat(Calibration.of(spec("seed: 1"))).isNull();
    }

    private static Calibration of(double late) {
        Calibration calibration =
                Calibration.of(spec("join: {within: 1h, after: 0, delayed: {type: calibrated, late: " + late + "}}"));
        assertThat(calibration).isNotNull();
        return calibration;
    }

    private static ModelSpec spec(String rest) {
        return ModelSpec.parse(
                "{name: m, label: y, features: {numeric: [x]}, loss: binary-cross-entropy, " + rest + "}");
    }
}
