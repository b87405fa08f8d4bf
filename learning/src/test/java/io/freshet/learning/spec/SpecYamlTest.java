package io.freshet.learning.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.loss.MeanSquaredError;
import io.freshet.learning.loss.SparseCategoricalCrossEntropy;
import io.freshet.learning.model.Linear;
import io.freshet.learning.optimizer.Constant;
import io.freshet.learning.optimizer.CosineDecay;
import io.freshet.learning.optimizer.RmsProp;
import io.freshet.learning.optimizer.ScaleFree;
import io.freshet.learning.optimizer.Warmup;
import io.freshet.learning.spec.TrainingSpec.BatchSpec;
import io.freshet.learning.spec.TrainingSpec.Clip;
import io.freshet.learning.spec.TrainingSpec.EarlyStopping;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a changed default, and a field that is lost when a specification is written and read back. */
class SpecYamlTest {
    static final String SMALLEST = """
            name: m
            label: y
            features: {numeric: [a]}
            loss: mean-squared-error
            """;
    private static final String FULL = """
            name: Delays_2.v-1
            label: late
            key: carrier
            weight: w
            samplingRate: kept
            id: trip
            features:
              numeric: [distance, hour]
              standardize: {decay: 0.99}
              categorical: [origin, dest]
              tokens: [words]
              cross: [[origin, dest], [dest, origin, gate]]
              sparse: [{field: tags, hash: true}]
              dense:
                - {field: pixel*, length: 784, divide: 255}
                - {field: embedding, length: 16, standardize: true}
              hashBits: 12
            model: {type: linear}
            outputs: 7
            loss: sparse-categorical-cross-entropy
            optimizer: {type: rmsprop, learningRate: 0.25, decay: 0.5, epsilon: 1e-4}
            schedule: {type: cosine, steps: 100000, minimum: 0.0001, warmup: 500}
            regularization: {l1: 1e-5, l2: 1e-6}
            clip: {value: 5, norm: 1}
            batch: {size: 32, maxDelayMillis: 10000}
            epochs: 3
            shuffle: true
            earlyStopping: {patience: 2, minimumImprovement: 1e-3}
            holdout: 0.1
            seed: -9
            publish: {everySamples: 5, everyMillis: 6, lane: committed, fullEvery: 7}
            evaluation: {window: 8}
            watch:
              drift: {type: adwin, delta: 0.01, clock: 16}
              divergence: {factor: 5, floor: 0.5}
              plateau: {patience: 7, threshold: 0.25}
            deduplicate: 90m
            timeToLive: 30d
            frozen: true
            onDivergence: revert
            reset: true
            """;

    static FeatureSpec numeric(String field) {
        return new FeatureSpec(
                new FeatureSpec.Numeric(List.of(field), new FeatureSpec.Standardization(true, 1)),
                new FeatureSpec.Hashed(List.of(), List.of(), List.of(), List.of()),
                List.of(),
                null,
                18,
                List.of(),
                MissingSpec.REJECT);
    }

    @Test
    void omitted_fields_have_defaults() {
        ModelSpec spec = ModelSpec.parse(SMALLEST);
        assertThat(spec)
                .isEqualTo(new ModelSpec(
                        "m",
                        new FieldSpec(List.of("y"), false, List.of(), null, null, null, null),
                        new Architecture(numeric("a"), new Linear(), 1, new MeanSquaredError()),
                        new TrainingSpec(
                                new TrainingSpec.Update(
                                        new RatedOptimizer(new ScaleFree().defaultLearningRate(), new ScaleFree()),
                                        new Constant(),
                                        Regularization.NONE,
                                        Clip.NONE),
                                new BatchSpec(1, 0),
                                new TrainingSpec.Passes(1, false, EarlyStopping.NEVER),
                                0),
                        true,
                        42,
                        new ReportingSpec(
                                new PublishSpec(1000, 500), new ReportingSpec.Evaluation(1000, 0), WatchSpec.DEFAULT),
                        StreamSpec.DEFAULT));
        assertThat(ModelSpec.parse(SMALLEST + "optimizer: {type: rmsprop}").optimizer())
                .isEqualTo(new RmsProp(0.9, 1e-8));
    }

    @Test
    void names_of_classes_imply_their_number_and_are_kept_in_order() {
        String classes = SMALLEST.replace("mean-squared-error", "sparse-categorical-cross-entropy");
        ModelSpec spec = ModelSpec.parse(classes + "labels: [no, yes, 7]");
        assertThat(spec.labels()).containsExactly("no", "yes", "7");
        assertThat(spec.outputs()).isEqualTo(3);
        assertThat(spec.numberFields()).containsExactly("a");
        assertThat(spec.textFields()).containsExactly("y");
        assertThat(spec.inputTextFields()).isEmpty();
        assertThat(ModelSpec.parse(spec.toYaml())).isEqualTo(spec);
        assertThat(spec.stateHash())
                .isNotEqualTo(ModelSpec.parse(classes + "labels: [yes, no, 7]").stateHash());
        assertThatThrownBy(() -> ModelSpec.parse(classes + "labels: [a, b]\noutputs: 3"))
                .hasMessage("labels: 2 names (expected: 3, one for each class of"
                        + " sparse-categorical-cross-entropy with 3 outputs)");
        assertThatThrownBy(() -> ModelSpec.parse(classes + "labels: [a]")).hasMessageStartingWith("outputs: missing");
        String two = SMALLEST.replace("mean-squared-error", "hinge");
        assertThat(ModelSpec.parse(two + "labels: [ham, spam]").labels()).containsExactly("ham", "spam");
        assertThatThrownBy(() -> ModelSpec.parse(two + "labels: [a, b, c]"))
                .hasMessage("labels: 3 names (expected: 2, one for each class of hinge; for 3, set loss:"
                        + " sparse-categorical-cross-entropy and outputs: 3)");
    }

    @Test
    void reads_every_field() {
        assertThat(ModelSpec.parse(FULL))
                .isEqualTo(new ModelSpec(
                        "Delays_2.v-1",
                        new FieldSpec(List.of("late"), false, List.of(), "carrier", "w", "kept", "trip"),
                        new Architecture(
                                new FeatureSpec(
                                        new FeatureSpec.Numeric(
                                                List.of("distance", "hour"),
                                                new FeatureSpec.Standardization(true, 0.99)),
                                        new FeatureSpec.Hashed(
                                                List.of("origin", "dest"),
                                                List.of("words"),
                                                List.of(List.of("origin", "dest"), List.of("dest", "origin", "gate")),
                                                List.of(new FeatureSpec.Sparse("tags", true))),
                                        List.of(
                                                new FeatureSpec.Dense("pixel*", 784, 255, false),
                                                new FeatureSpec.Dense("embedding", 16, 1, true)),
                                        null,
                                        12,
                                        List.of(),
                                        MissingSpec.REJECT),
                                new Linear(),
                                7,
                                new SparseCategoricalCrossEntropy()),
                        new TrainingSpec(
                                new TrainingSpec.Update(
                                        new RatedOptimizer(0.25, new RmsProp(0.5, 1e-4)),
                                        new Warmup(new CosineDecay(100_000, 1e-4, false), 500),
                                        new Regularization(1e-5, 1e-6),
                                        new Clip(5, 1)),
                                new BatchSpec(32, 10_000),
                                new TrainingSpec.Passes(3, true, new EarlyStopping(2, 1e-3, true)),
                                0.1),
                        false,
                        -9,
                        new ReportingSpec(
                                new PublishSpec(5, 6, 100, PublishSpec.Lane.COMMITTED, 7),
                                new ReportingSpec.Evaluation(8, 0),
                                new WatchSpec(
                                        new DetectorSpec.Adwin(0.01, 16),
                                        new DetectorSpec.Divergence(5, 0.5, 1000),
                                        new DetectorSpec.Plateau(7, 0.25))),
                        new StreamSpec(
                                OrderSpec.ARRIVAL,
                                5_400_000,
                                2_592_000_000L,
                                true,
                                StreamSpec.OnDivergence.REVERT,
                                new StreamSpec.Start(true, null),
                                new StreamSpec.Input(null, null))));
    }

    @Test
    void derives_fields_rows_and_parameters() {
        ModelSpec spec = ModelSpec.parse(FULL);
        assertThat(spec.numberFields()).containsExactly("distance", "hour", "late", "w", "kept");
        assertThat(spec.textFields()).containsExactly("carrier", "origin", "dest", "words", "gate", "tags", "trip");
        assertThat(spec.vectorFields()).containsExactly("pixel*", "embedding");
        assertThat(spec.features().rows()).isEqualTo(1 + 2 + 800 + 4096);
        assertThat(spec.parameterCount()).isEqualTo(7 * 4899);
        assertThat(ModelSpec.parse(SMALLEST).features().rows()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {SMALLEST, FULL})
    void the_effective_specification_reads_back_equal(String yaml) {
        ModelSpec spec = ModelSpec.parse(yaml);
        assertThat(ModelSpec.parse(spec.toYaml())).isEqualTo(spec);
        assertThat(ModelSpec.parse(spec.toYaml()).toYaml()).isEqualTo(spec.toYaml());
        assertThat(spec.toYaml()).as("anchors and aliases").doesNotContain("&", " *");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            optimizer: adam   | optimizer: {type: adam}
            model: mlp        | model: {type: mlp}
            schedule: cosine  | schedule: {type: cosine}
            loss: huber       | loss: {type: huber}
            batch: 32         | batch: {size: 32}
            batch: full       | batch: {size: full}
            features: {numeric: [a], missing: mean} | features: {numeric: [a], missing: {default: mean}}
            order: strict     | order: {type: strict}
            watch: {drift: adwin} | watch: {drift: {type: adwin}}
            features: {dense: {field: a, length: 3}} | features: {dense: [{field: a, length: 3}]}
            """)
    void a_short_form_is_the_same_specification_as_the_long_one(String shortForm, String longForm) {
        String rest = SMALLEST.replaceAll("(?m)^" + shortForm.substring(0, shortForm.indexOf(':')) + ":.*\n", "");
        ModelSpec expected = ModelSpec.parse(rest + longForm + "\n");
        ModelSpec spec = ModelSpec.parse(rest + shortForm + "\n");
        assertThat(spec).isEqualTo(expected);
        assertThat(spec.toYaml()).isEqualTo(expected.toYaml());
        assertThat(spec.hash()).isEqualTo(expected.hash());
    }

    /** Stored snapshots contain these hashes; a different one would make a server treat every model as changed. */
    @Test
    void the_hash_is_stable() {
        assertThat(ModelSpec.parse(SMALLEST + "optimizer: sgd").hash()).isEqualTo("a3d4ad1d7cb7efc0");
        assertThat(ModelSpec.parse(FULL).hash()).isEqualTo("fa336d4ee7930839");
        assertThat(ModelSpec.parse(FULL.replace("0.25", "0.250")).hash()).isEqualTo("fa336d4ee7930839");
        assertThat(ModelSpec.parse(FULL.replace("0.25", "0.26")).hash()).isNotEqualTo("fa336d4ee7930839");
    }
}
