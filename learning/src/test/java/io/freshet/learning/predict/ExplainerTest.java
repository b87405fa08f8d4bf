package io.freshet.learning.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Sample;
import io.freshet.learning.model.Parameters;
import io.freshet.learning.model.StateLayout;
import io.freshet.learning.spec.ModelSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Catches contributions that do not add up, belong to another feature, or are not those of the explained output. */
class ExplainerTest {
    private static final String EVERY_FEATURE = "features: {numeric: [a, b], categorical: [c, d], tokens: [t],"
            + " cross: [[c, d]], sparse: [s], time: [{field: at, features: [hour, month]}],"
            + " dense: [{field: v, length: 3}], missing: {fields: {a: indicator}}, hashBits: %d}";
    private static final String MLP = "model: {type: mlp, hidden: [5, 4], activation: tanh}";
    private static final String EMBEDDINGS =
            "model: {type: embedding-mlp, dimension: 3, hidden: [5], activation: tanh}";

    @ParameterizedTest
    @ValueSource(strings = {"linear", "factorization-machine"})
    void the_contributions_of_every_kind_of_feature_sum_to_the_logit(String model) throws Exception {
        for (int seed = 0; seed < 20; seed++) {
            // Few buckets, so that features share rows of parameters.
            ModelSpec spec =
                    spec("outputs: 3, model: {type: " + model + "}, " + EVERY_FEATURE.formatted(seed % 2 * 9 + 3));
            Snapshot snapshot = random(spec, seed);
            Row row = everyFeature(spec, new Random(seed));

            List<Map<String, Double>> explained = explain(snapshot, row);

            float[] logits = predict(snapshot, row);
            for (int k = 0; k < 3; k++) {
                assertThat(explained.get(k).values().stream()
                                .mapToDouble(each -> each)
                                .sum())
                        .as("%s, seed %d, output %d", model, seed, k)
                        .isCloseTo(logits[k], within(2e-5 * (1 + magnitude(explained.get(k)))));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mean-squared-error", "poisson"})
    void a_limit_of_the_prediction_is_a_contribution(String loss) throws Exception {
        ModelSpec spec = ModelSpec.parse("{name: m, label: [x, y, z], outputs: 3, features: {numeric: [a, b],"
                + " standardize: false}, clamp: labels, loss: " + loss + "}");
        Snapshot free = random(spec, 3);
        Row row = row(spec, Map.of("a", 2.0, "b", 0.5));
        float[] predictions = predict(free, row);
        double[] range = {predictions[0] + 1, predictions[0] + 2, 0, predictions[1] / 2, 0, 0};
        range[2] = Math.min(0, range[3]);
        range[4] = Math.min(0, predictions[2]);
        range[5] = Math.max(0, predictions[2]);
        Snapshot limited = limited(free, range);

        float[] within = predict(limited, row);
        List<Map<String, Double>> explained = explain(limited, row);

        assertThat(within[0]).isEqualTo((float) range[0]);
        assertThat(within[2]).isEqualTo(predictions[2]);
        assertThat(explained.get(0)).containsKey("clamp");
        assertThat(explained.get(2)).doesNotContainKey("clamp");
        for (int k = 0; k < 3; k++) {
            double logit =
                    explained.get(k).values().stream().mapToDouble(each -> each).sum();
            assertThat(loss.equals("poisson") ? Math.exp(logit) : logit)
                    .isCloseTo(within[k], within(1e-5 * (1 + Math.abs(within[k]))));
        }
    }

    @Test
    void a_number_named_like_the_bias_or_the_limit_shares_its_contribution() throws Exception {
        ModelSpec spec = ModelSpec.parse("{name: m, label: y, features: {numeric: [bias, clamp], standardize: false},"
                + " clamp: labels, loss: mean-squared-error}");
        Snapshot free = random(spec, 8);
        Row row = row(spec, Map.of("bias", 2.0, "clamp", 0.5));
        double low = predict(free, row)[0] + 3;
        float[] p = free.parameters();

        Map<String, Double> explained =
                explain(limited(free, low, low + 1), row).get(0);

        assertThat(explained).containsOnlyKeys("bias", "clamp");
        assertThat(explained.get("bias")).isCloseTo(p[0] + 2 * p[1], within(1e-5));
        assertThat(explained.get("clamp")).isCloseTo(0.5 * p[2] + 3, within(1e-5));
    }

    @Test
    void features_have_the_names_of_the_specification() throws Exception {
        ModelSpec spec = spec(EVERY_FEATURE.formatted(18));

        assertThat(explain(random(spec, 1), everyFeature(spec, new Random(1))).get(0))
                .containsOnlyKeys(
                        "bias",
                        "a",
                        "b",
                        "missing(a)",
                        "v[0]",
                        "v[1]",
                        "v[2]",
                        "c=Rome",
                        "d=Oslo",
                        "t=to",
                        "t=be",
                        "c=Rome*d=Oslo",
                        "s[7]",
                        "at.hour=17",
                        "at.month=3");
    }

    @Test
    void features_that_share_a_row_have_one_contribution_with_both_names() throws Exception {
        ModelSpec spec = spec("features: {tokens: [t], hashBits: 1}");
        Row row = row(spec, Map.of("t", "a b c d"));

        Map<String, Double> explained = explain(random(spec, 1), row).get(0);

        assertThat(explained).hasSizeLessThanOrEqualTo(3);
        assertThat(String.join(" | ", explained.keySet())).contains("t=a", "t=b", "t=c", "t=d");
    }

    @Test
    void a_pair_of_a_factorization_machine_is_split_evenly() throws Exception {
        ModelSpec spec = spec(
                "model: {type: factorization-machine, rank: 3}, features: {numeric: [a, b, c], standardize: false}");
        Snapshot snapshot = random(spec, 5);
        double[] x = {2, -3, 0.5};
        float[] p = snapshot.parameters();

        Map<String, Double> explained = explain(snapshot, row(spec, Map.of("a", x[0], "b", x[1], "c", x[2])))
                .get(0);

        assertThat(explained.get("bias")).isCloseTo(p[0], within(1e-6));
        for (int i = 0; i < 3; i++) {
            double expected = p[4 * (i + 1)] * x[i];
            for (int j = 0; j < 3; j++) {
                for (int f = 1; f <= 3 && j != i; f++) {
                    expected += 0.5 * p[4 * (i + 1) + f] * p[4 * (j + 1) + f] * x[i] * x[j];
                }
            }
            assertThat(explained.get("abc".substring(i, i + 1))).isCloseTo(expected, within(1e-5));
        }
    }

    @Test
    void a_network_contributes_the_derivative_by_each_number_times_the_number() throws Exception {
        ModelSpec spec = spec("outputs: 2, features: {numeric: [a, b], standardize: false}, " + MLP);
        Snapshot snapshot = random(spec, 3);

        List<Map<String, Double>> explained = explain(snapshot, row(spec, Map.of("a", 0.7, "b", -1.3)));

        for (int k = 0; k < 2; k++) {
            assertThat(explained.get(k)).containsOnlyKeys("a", "b");
            double h = 1e-2;
            double byA = (predict(snapshot, row(spec, Map.of("a", 0.7 + h, "b", -1.3)))[k]
                            - predict(snapshot, row(spec, Map.of("a", 0.7 - h, "b", -1.3)))[k])
                    / (2 * h);
            double byB = (predict(snapshot, row(spec, Map.of("a", 0.7, "b", -1.3 + h)))[k]
                            - predict(snapshot, row(spec, Map.of("a", 0.7, "b", -1.3 - h)))[k])
                    / (2 * h);
            assertThat(explained.get(k).get("a")).isCloseTo(0.7 * byA, within(2e-3));
            assertThat(explained.get(k).get("b")).isCloseTo(-1.3 * byB, within(2e-3));
        }
    }

    @Test
    void an_embedding_contributes_the_derivative_by_its_value_times_the_value() throws Exception {
        ModelSpec spec = spec("features: {numeric: [a], sparse: [s], standardize: false, hashBits: 12}, " + EMBEDDINGS);
        Snapshot snapshot = random(spec, 4);

        Map<String, Double> explained = explain(snapshot, row(spec, Map.of("a", 1.0, "s", "3:0.8 9:-0.5")))
                .get(0);

        double h = 1e-2;
        double by3 = (predict(snapshot, row(spec, Map.of("a", 1.0, "s", "3:0.81 9:-0.5")))[0]
                        - predict(snapshot, row(spec, Map.of("a", 1.0, "s", "3:0.79 9:-0.5")))[0])
                / (2 * h);
        assertThat(explained).containsOnlyKeys("a", "s[3]", "s[9]");
        assertThat(explained.get("s[3]")).isCloseTo(0.8 * by3, within(2e-3));
    }

    @Test
    void of_several_classes_the_predicted_one_is_explained() throws Exception {
        String features = "outputs: 3, features: {numeric: [a, b], standardize: false}";
        ModelSpec classes =
                ModelSpec.parse("{name: m, label: y, loss: sparse-categorical-cross-entropy, " + features + "}");
        Snapshot snapshot = random(classes, 6);
        Row row = row(classes, Map.of("a", 1.0, "b", 2.0));

        List<Map<String, Double>> explained = explain(snapshot, row);

        int predicted = PredictedClass.mostLikely(predict(snapshot, row), 0, 3);
        float[] p = snapshot.parameters();
        assertThat(explained).hasSize(1).hasSize(Explainer.explained(classes));
        assertThat(explained.get(0).get("b")).isCloseTo(2.0 * p[2 * 3 + predicted], within(1e-6));
    }

    @Test
    void the_largest_contribution_is_first() throws Exception {
        ModelSpec spec = spec("features: {numeric: [a, b, c], standardize: false}");

        assertThat(explain(random(spec, 1), row(spec, Map.of("a", 0.001, "b", -5e3, "c", 100.0)))
                        .get(0)
                        .keySet())
                .startsWith("b", "c");
    }

    @Test
    void a_table_in_blocks_is_explained_as_in_one_array() throws Exception {
        ModelSpec spec = spec("model: {type: factorization-machine}, " + EVERY_FEATURE.formatted(14));
        Snapshot snapshot = random(spec, 7);
        StateLayout layout = new Predictor.Shape(spec).layout;
        float[][] blocks = new float[layout.blocks()][];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = Arrays.copyOfRange(snapshot.parameters(), layout.blockStart(i), layout.blockEnd(i));
        }
        Snapshot split = new Snapshot(
                spec,
                "",
                0,
                0,
                Parameters.ofTable(layout, blocks),
                snapshot.moments(),
                new Lineage(),
                new long[0],
                null,
                Clamp.NO_LABELS);
        Row row = everyFeature(spec, new Random(7));

        assertThat(blocks.length).isGreaterThan(1);
        assertThat(explain(split, row)).isEqualTo(explain(snapshot, row));
    }

    private static ModelSpec spec(String rest) {
        String label = rest.contains("outputs: 3") ? "[x, y, z]" : rest.contains("outputs: 2") ? "[x, y]" : "y";
        return ModelSpec.parse("{name: m, label: " + label + ", loss: mean-squared-error, " + rest + "}");
    }

    private static double magnitude(Map<String, Double> contributions) {
        return contributions.values().stream().mapToDouble(Math::abs).sum();
    }

    private static Snapshot random(ModelSpec spec, long seed) {
        Random random = new Random(seed);
        float[] parameters = new float[spec.parameterCount()];
        for (int i = 0; i < parameters.length; i++) {
            parameters[i] = (float) random.nextGaussian();
        }
        return new Snapshot(
                spec, "", 0, 0, parameters, spec.features().standardizer().start(), new Lineage(), new long[0], null);
    }

    private static Snapshot limited(Snapshot free, double... range) {
        return new Snapshot(
                free.spec(), "", 0, 0, free.values(), free.moments(), free.lineage(), new long[0], null, range);
    }

    private static Row everyFeature(ModelSpec spec, Random random) {
        Row row = row(
                spec,
                Map.of(
                        "b",
                        random.nextGaussian(),
                        "c",
                        "Rome",
                        "d",
                        "Oslo",
                        "t",
                        "to be to",
                        "s",
                        "7:0.25",
                        "at",
                        "2026-03-02T17:07:49Z"));
        float[] vector = row.vector(RowLayout.of(List.of(spec)).vector("v"), 3);
        for (int i = 0; i < 3; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return row;
    }

    private static Row row(ModelSpec spec, Map<String, Object> values) {
        RowLayout layout = RowLayout.of(List.of(spec));
        Row row = new Row(layout);
        row.clear();
        values.forEach((field, value) -> {
            if (value instanceof Double number) {
                row.number(layout.number(field), number);
            } else {
                row.copyText(layout.text(field), value.toString());
            }
        });
        return row;
    }

    private static Sample encode(ModelSpec spec, Row row) throws Exception {
        return new FeatureEncoder(spec, RowLayout.of(List.of(spec))).encodeFeatures(row);
    }

    private static List<Map<String, Double>> explain(Snapshot snapshot, Row row) throws Exception {
        ModelSpec spec = snapshot.spec();
        return new Explainer(new Predictor.Shape(spec), RowLayout.of(List.of(spec)))
                .explain(snapshot, encode(spec, row), row);
    }

    private static float[] predict(Snapshot snapshot, Row row) throws Exception {
        return new Predictor(snapshot).predict(encode(snapshot.spec(), row));
    }
}
