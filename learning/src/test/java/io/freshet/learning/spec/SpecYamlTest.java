package io.freshet.learning.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.loss.BinaryCrossEntropy;
import io.freshet.learning.loss.MeanSquaredError;
import io.freshet.learning.loss.SparseCategoricalCrossEntropy;
import io.freshet.learning.model.Linear;
import io.freshet.learning.optimizer.RmsProp;
import io.freshet.learning.optimizer.Sgd;
import io.freshet.learning.schedule.Constant;
import io.freshet.learning.schedule.CosineDecay;
import io.freshet.learning.schedule.Warmup;
import io.freshet.learning.spec.TrainingSpec.BatchSpec;
import io.freshet.learning.spec.TrainingSpec.Clip;
import io.freshet.learning.spec.TrainingSpec.EarlyStopping;
import io.freshet.learning.spec.TrainingSpec.Regularization;
import io.freshet.learning.variants.SpecDifference;
import io.freshet.learning.yaml.SpecException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a default that drifts, a typing error that is silently a default, and a field that YAML loses. */
class SpecYamlTest {
    private static final String SMALLEST = """
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
              sparse: [tags]
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

    private static FeatureSpec numeric(String field) {
        return new FeatureSpec(
                new FeatureSpec.Numeric(List.of(field), true, 1),
                new FeatureSpec.Hashed(List.of(), List.of(), List.of(), List.of(), 18),
                List.of(),
                null);
    }

    @Test
    void omitted_fields_have_defaults() {
        ModelSpec spec = ModelSpec.parse(SMALLEST);
        assertThat(spec)
                .isEqualTo(new ModelSpec(
                        "m",
                        new FieldSpec(List.of("y"), false, null, null, null, null),
                        new Architecture(numeric("a"), new Linear(), 1, new MeanSquaredError(), 42),
                        new TrainingSpec(
                                new TrainingSpec.Update(
                                        new Sgd(), 0.01, new Constant(), Regularization.NONE, Clip.NONE),
                                new BatchSpec(1, 0),
                                new TrainingSpec.Passes(1, false, EarlyStopping.NEVER),
                                0),
                        new ReportingSpec(new PublishSpec(1000, 500), 1000, WatchSpec.DEFAULT),
                        StreamSpec.DEFAULT));
        assertThat(ModelSpec.parse(SMALLEST + "optimizer: {type: rmsprop}").optimizer())
                .isEqualTo(new RmsProp(0.9, 1e-8));
    }

    @Test
    void reads_every_field() {
        assertThat(ModelSpec.parse(FULL))
                .isEqualTo(new ModelSpec(
                        "Delays_2.v-1",
                        new FieldSpec(List.of("late"), false, "carrier", "w", "kept", "trip"),
                        new Architecture(
                                new FeatureSpec(
                                        new FeatureSpec.Numeric(List.of("distance", "hour"), true, 0.99),
                                        new FeatureSpec.Hashed(
                                                List.of("origin", "dest"),
                                                List.of("words"),
                                                List.of(List.of("origin", "dest"), List.of("dest", "origin", "gate")),
                                                List.of("tags"),
                                                12),
                                        List.of(
                                                new FeatureSpec.Dense("pixel*", 784, 255, false),
                                                new FeatureSpec.Dense("embedding", 16, 1, true)),
                                        null),
                                new Linear(),
                                7,
                                new SparseCategoricalCrossEntropy(),
                                -9),
                        new TrainingSpec(
                                new TrainingSpec.Update(
                                        new RmsProp(0.5, 1e-4),
                                        0.25,
                                        new Warmup(new CosineDecay(100_000, 1e-4, false), 500),
                                        new Regularization(1e-5, 1e-6),
                                        new Clip(5, 1)),
                                new BatchSpec(32, 10_000),
                                new TrainingSpec.Passes(3, true, new EarlyStopping(2, 1e-3)),
                                0.1),
                        new ReportingSpec(
                                new PublishSpec(5, 6, PublishSpec.Lane.COMMITTED, 7),
                                8,
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
                                new StreamSpec.Start(true, null))));
    }

    @Test
    void fields_rows_and_parameters_follow() {
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

    /** Stored snapshots carry these; another one means that a server takes every model for changed. */
    @Test
    void the_hash_never_changes() {
        assertThat(ModelSpec.parse(SMALLEST).hash()).isEqualTo("3e770fce3635a48a");
        assertThat(ModelSpec.parse(FULL).hash()).isEqualTo("58f9de00732b738d");
        assertThat(ModelSpec.parse(FULL.replace("0.25", "0.250")).hash()).isEqualTo("58f9de00732b738d");
        assertThat(ModelSpec.parse(FULL.replace("0.25", "0.26")).hash()).isNotEqualTo("58f9de00732b738d");
    }

    @Test
    void field_names_may_be_almost_anything() {
        String odd = """
                name: m
                label: "Dep Delay.Min"
                key: '7'
                weight: true
                features:
                  numeric: [12, A.b.C, "a: b", "#x", "1.10", ' lead', "q\\"uote", 'null']
                  categorical: ["line\\nbreak", "[x]", 日本, "~"]
                loss: mean-squared-error
                """;
        ModelSpec spec = ModelSpec.parse(odd);
        assertThat(spec.label()).isEqualTo("Dep Delay.Min");
        assertThat(spec.key()).isEqualTo("7");
        assertThat(spec.fields().weight()).isEqualTo("true");
        assertThat(spec.features().numeric())
                .containsExactly("12", "A.b.C", "a: b", "#x", "1.10", " lead", "q\"uote", "null");
        assertThat(spec.features().categorical()).containsExactly("line\nbreak", "[x]", "日本", "~");
        assertThat(ModelSpec.parse(spec.toYaml())).isEqualTo(spec);
    }

    @Test
    void a_path_may_say_that_it_is_one() {
        String fields = """
                {name: m, label: P-clicked, key: P-user.country, weight: P-w, samplingRate: P-rate, id: P-id,
                 features: {numeric: [P-user.age, hour], categorical: [P-c], tokens: [P-words], sparse: [P-s],
                            cross: [[P-c, d]], dense: {field: P-image.pixel*, length: 2}},
                 loss: binary-cross-entropy}
                """;
        ModelSpec plain = ModelSpec.parse(fields.replace("P-", ""));

        assertThat(ModelSpec.parse(fields.replace("P-", "$."))).isEqualTo(plain);
        assertThat(ModelSpec.parse(plain.toYaml())).isEqualTo(plain);
        assertThatThrownBy(() -> ModelSpec.parse(fields.replace("P-user.country", "$.")))
                .hasMessage("key: $. (expected: a path, as $.user.age)");
    }

    @Test
    void random_field_names_read_back_equal() {
        long seed = 20260108;
        SplittableRandom random = new SplittableRandom(seed);
        String letters = "ab AB01.:-#[]{},&*!|>'\"%@`?~\\\n\té日\0\u0007\u2028\ud83d\ude00";
        for (int trial = 0; trial < 2000; trial++) {
            int[] points = letters.codePoints().toArray();
            StringBuilder name = new StringBuilder(random.nextBoolean() ? "x" : "");
            random.ints(random.nextInt(12), 0, points.length).forEach(i -> name.appendCodePoint(points[i]));
            name.append(random.nextInt(3) == 0 || name.toString().isBlank() ? "z" : "");
            ModelSpec smallest = ModelSpec.parse(SMALLEST);
            ModelSpec spec = new ModelSpec(
                    "m",
                    smallest.fields(),
                    new Architecture(numeric(name.toString()), smallest.model(), 1, smallest.loss(), random.nextLong()),
                    smallest.training(),
                    smallest.reporting(),
                    smallest.stream());
            assertThat(ModelSpec.parse(spec.toYaml()))
                    .as("seed %d, trial %d", seed, trial)
                    .isEqualTo(spec);
        }
    }

    @Test
    void a_warm_start_reads_back_and_is_part_of_the_hash_and_not_of_the_state() {
        ModelSpec cold = ModelSpec.parse(SMALLEST);
        WarmStartReference warmStart = new WarmStartReference("other", 12_000, "0123456789012345");
        ModelSpec warm = cold.withStream(cold.stream().withWarmStart(warmStart));
        assertThat(ModelSpec.parse(warm.toYaml())).isEqualTo(warm);
        assertThat(warm.hash()).isNotEqualTo(cold.hash());
        assertThat(warm.stateHash()).isEqualTo(cold.stateHash());
        assertThat(warm.withStream(warm.stream().withWarmStart(null)).toYaml()).isEqualTo(cold.toYaml());
        assertThat(SpecDifference.between(cold, warm))
                .asString()
                .isEqualTo("[warmStart: none -> {model=other, version=12000, checksum=0123456789012345}]");
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "250ms, 250", "3s, 3000", "1500ms, 1500", "60m, 3600000", "24h, 86400000"})
    void a_duration_is_milliseconds_and_comes_back(String text, long millis) {
        ModelSpec spec = ModelSpec.parse(SMALLEST + "deduplicate: " + text);
        assertThat(spec.stream().deduplicateMillis()).isEqualTo(millis);
        assertThat(ModelSpec.parse(spec.toYaml())).isEqualTo(spec);
    }

    @Test
    void a_model_is_not_forgotten_before_the_ids_it_has_seen() {
        String keyed = SMALLEST + "key: k\ndeduplicate: 1h\n";
        assertThat(ModelSpec.parse(keyed + "timeToLive: 1h").stream().timeToLiveMillis())
                .isEqualTo(3_600_000);
        assertThatThrownBy(() -> ModelSpec.parse(keyed + "timeToLive: 30m"))
                .isInstanceOf(SpecException.class)
                .hasMessage(
                        "timeToLive: 30m (expected: 0, or at least deduplicate, 1h, since ids are forgotten with the model)");
    }

    @Test
    void partitions_take_turns_where_order_is_strict() {
        assertThat(ModelSpec.parse(SMALLEST + "order: strict").stream().order())
                .isEqualTo(new OrderSpec(true, 100, 10_000));
        ModelSpec spec = ModelSpec.parse(SMALLEST + "order: {type: strict, count: 5, idle: 0}");
        assertThat(spec.stream().order()).isEqualTo(new OrderSpec(true, 5, 0));
        assertThat(ModelSpec.parse(spec.toYaml())).isEqualTo(spec);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            name: a/b                               | name: a/b (expected: letters, digits, . _ -, at most 100)
            name: [a]                               | name: [a] (expected: a text)
            name: ''                                | name:  (expected: a text)
            label:                                  | label: missing (expected: a text)
            label: {}                               | label: {} (expected: a text)
            key: [a]                                | key: [a] (expected: a text)
            weight: {a: b}                          | weight: {a=b} (expected: a text)
            loss: mse                               | loss: mse (expected: one of binary-cross-entropy, ...
            loss:                                   | loss: missing (expected: a name)
            outputs: 2                              | -
            warmStart: {model: m, checksum: abc}    | warmStart.checksum: abc (expected: 16 hexadecimal digits)
            warmStart: {model: m}                   | warmStart.checksum: missing (expected: a text)
            outputs: 1.0                            | outputs: 1.0 (expected: a whole number from 1 to 100000)
            features: {}                            | features: none (expected: at least one of numeric, categorical, tokens, cross, sparse, dense)
            features: [a]                           | features: [a] (expected: a mapping {field: value})
            features: {numeric: a}                  | features.numeric: a (expected: a list of field names)
            features: {numeric: [a, a]}             | features.numeric[1]: a (expected: each field once)
            features: {numeric: [a, ]}              | -
            features: {numeric: [a, null]}          | features.numeric[1]: null (expected: a field name)
            features: {numeric: [[a]]}              | features.numeric[0]: [a] (expected: a text)
            features: {numeric: [1.10]}             | features.numeric[0]: 1.1 (expected: a text; a number in quotes)
            features: {numeric: [1e3]}              | features.numeric[0]: 1000.0 (expected: a text; a number in quotes)
            features: {numeric: [a, y]}             | features.numeric: y (expected: not the label)
            features: {categorical: [y]}            | features: y (expected: not the label)
            features: {cross: [[a, y]]}             | features: y (expected: not the label)
            features: {sparse: [y]}                 | features: y (expected: not the label)
            key: y                                  | key: y (expected: not the label)
            id: y                                   | id: y (expected: not the label)
            features: {cross: [a, b]}               | features.cross[0]: a (expected: a list of lists of two or more field names, as [[origin, dest]])
            features: {cross: [[a]]}                | features.cross[0]: [a] (expected: a list of lists of two or more field names, as [[origin, dest]])
            features: {cross: [[a, a]]}             | features.cross[0][1]: a (expected: each field once)
            features: {numeric: [a], hashBits: 0}   | features.hashBits: 0 (expected: a whole number from 1 to 26)
            features: {numeric: [a], hashBits: 27}  | features.hashBits: 27 (expected: a whole number from 1 to 26)
            features: {numeric: [a], standardize: 1}| features.standardize: 1 (expected: true or false)
            features: {numeric: [a], standardize: {decay: 0}} | features.standardize.decay: 0 (expected: in (0, 1])
            features: {dense: x}                    | features.dense.length: missing (expected: the number of values in x)
            features: {dense: [{field: x, length: 2}, {field: x, length: 2}]} | features.dense[1].field: x (expected: each vector once)
            features: {dense: {field: x, length: 0}}| features.dense.length: 0 (expected: a whole number from 1 to 1048576)
            features: {dense: {field: y, length: 2}}| features: y (expected: not the label)
            features: {numeric: [p], dense: [{field: p*, length: 2}]} | features.dense: p* (expected: another name than that of a number field)
            features: {dense: [{field: p, length: 2}, {field: p*, length: 2}]} | features.dense: p* (expected: another name than p)
            label: [y, z]                           | label: [y, z] (expected: one field)
            holdout: 1                              | holdout: 1 (expected: in [0, 1))
            clip: {norm: 0}                         | clip.norm: 0 (expected: > 0)
            regularization: {l1: -1}                | regularization.l1: -1 (expected: in [0, 1e6])
            earlyStopping: {patience: 1}            | holdout: 0.0 (expected: above 0, since earlyStopping needs a hold-out loss)
            features: {numerics: [a]}               | features.numerics: unknown field (expected: numeric?)
            features: {numeric: [a], pixels: [b]}   | features.pixels: unknown field (expected: one of numeric, standardize, categorical, tokens, cross, sparse, dense, length, hashBits)
            model: {type: tree}                     | model.type: tree (expected: one of ...
            model: {hidden: [5]}                    | model.hidden: unknown field (expected: one of type)
            optimizer: {type: adamax}               | optimizer.type: adamax (expected: one of ...
            optimizer: sgd                          | optimizer: sgd (expected: a mapping {field: value})
            optimizer: {learningRate: -1.0}         | optimizer.learningRate: -1.0 (expected: in (0, 1000])
            optimizer: {learningRate: 0}            | optimizer.learningRate: 0 (expected: in (0, 1000])
            optimizer: {learningRate: 1e-50}        | optimizer.learningRate: 1.0E-50 (expected: in (0, 1000])
            optimizer: {learningRate: .inf}         | optimizer.learningRate: Infinity (expected: in (0, 1000])
            optimizer: {learningRate: .nan}         | optimizer.learningRate: NaN (expected: in (0, 1000])
            optimizer: {learningRate: fast}         | optimizer.learningRate: fast (expected: in (0, 1000])
            optimizer: {learningrate: 1}            | optimizer.learningrate: unknown field (expected: learningRate?)
            optimizer: {type: sgd, decay: 0.9}      | optimizer.decay: unknown field (expected: one of type, learningRate)
            optimizer: {type: rmsprop, decay: 1.5}  | optimizer.decay: 1.5 (expected: in [0, 1))
            optimizer: {type: rmsprop, decay: 1}    | optimizer.decay: 1 (expected: in [0, 1))
            optimizer: {type: rmsprop, epsilon: 0}  | optimizer.epsilon: 0 (expected: in [1e-15, 1])
            batch: {size: 0}                        | batch.size: 0 (expected: a whole number from 1 to 65536, or full)
            batch: {size: 65537}                    | batch.size: 65537 (expected: a whole number from 1 to 65536, or full)
            batch: {size: full}                     | -
            batch: {size: full, maxDelayMillis: 5}  | batch.maxDelayMillis: 5 (expected: 0, since batch.size full ends with the input)
            features: {dense: {field: x, length: 2, divide: 0}} | features.dense.divide: 0 (expected: of magnitude 1e-30 to 1e30)
            features: {dense: {field: x, length: 2, divide: -1e40}} | features.dense.divide: -1.0E40 (expected: of magnitude 1e-30 to 1e30)
            optimizer: {type: adamw, weightDecay: 4, learningRate: 0.5} | optimizer.learningRate: 0.5 (expected: up to 0.25, beyond which adamw overshoots)
            batch: 32                               | batch: 32 (expected: a mapping {field: value})
            seed: 9223372036854775808               | seed: 9223372036854775808 (expected: a whole number from -2^63 to 2^63 - 1)
            publish: {everySamples: 0}              | publish.everySamples: 0 (expected: a whole number from 1 to 2^31 - 1)
            publish: {everyMillis: -5}              | publish.everyMillis: -5 (expected: a whole number from 1 to 2^31 - 1)
            order: {idle: 10s}                      | order.idle: 10s (expected: type: strict beside it; arrival has no turns)
            order: {type: arrival, count: 5}        | order.count: 5 (expected: type: strict beside it; arrival has no turns)
            publish: {every: 5}                     | publish.every: unknown field (expected: one of everySamples, everyMillis, lane, fullEvery)
            evaluation: {window: 0}                 | evaluation.window: 0 (expected: a whole number from 1 to 2^31 - 1)
            lable: y                                | lable: unknown field (expected: label?)
            7: y                                    | 7: unknown field (expected: one of name, features, ...
            """)
    void says_the_path_the_value_and_what_was_expected(String line, String message) {
        String field = line.substring(0, line.indexOf(':'));
        StringBuilder yaml = new StringBuilder();
        SMALLEST.lines()
                .filter(l -> !l.startsWith(field + ":"))
                .forEach(l -> yaml.append(l).append('\n'));
        yaml.append(line).append('\n');
        if (message.equals("-")) {
            ModelSpec.parse(yaml.toString());
        } else if (message.endsWith("...")) {
            assertThatThrownBy(() -> ModelSpec.parse(yaml.toString()))
                    .isInstanceOf(SpecException.class)
                    .hasMessageStartingWith(message.substring(0, message.length() - 3));
        } else {
            assertThatThrownBy(() -> ModelSpec.parse(yaml.toString()))
                    .isInstanceOf(SpecException.class)
                    .hasMessage(message);
        }
    }

    /** A model that sees its label predicts it, and nothing else; a prefix says the same columns in another way. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            label: y*       | features: {numeric: [a, y1]}                   | features.numeric: y1
            label: y*       | features: {numeric: [y]}                       | features.numeric: y
            label: y*       | features: {dense: {field: y, length: 2}}       | features: y
            label: y        | features: {dense: {field: y*, length: 2}}      | features: y*
            label: y*       | features: {dense: {field: y1*, length: 2}}     | features: y1*
            label: y1*      | features: {dense: {field: y*, length: 2}}      | features: y*
            label: [y0, y1] | features: {dense: {field: y*, length: 2}}      | features: y*
            label: [y0, y1] | features: {dense: {field: y1, length: 2}}      | features: y1
            label: y*       | features: {categorical: [y0]}                  | features: y0
            label: y*       | features: {numeric: [a], cross: [[b, y12]]}    | features: y12
            label: y*       | {features: {numeric: [a]}, weight: y0}         |
            label: [y, z]   | {features: {numeric: [a]}, samplingRate: z}    |
            label: $.u.y*   | features: {numeric: [u.y0]}                    | features.numeric: u.y0
            label: y*       | features: {numeric: [y1a, ya, 'y-1', x0]}      |
            label: y        | features: {numeric: [y0]}                      |
            label: [y0, y1] | features: {numeric: [y2], dense: {field: y00*, length: 2}} |
            """)
    void no_part_of_the_label_is_a_feature_however_it_is_named(String label, String fields, @Nullable String refused) {
        String more = fields.startsWith("{") ? fields.substring(1, fields.length() - 1) : fields;
        String yaml = "{name: m, %s, outputs: 2, loss: mean-squared-error, %s}".formatted(label, more);
        if (refused == null) {
            ModelSpec.parse(yaml);
        } else {
            assertThatThrownBy(() -> ModelSpec.parse(yaml))
                    .isInstanceOf(SpecException.class)
                    .hasMessage(refused + " (expected: not the label)");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"name", "label", "features", "loss"})
    void a_field_without_a_default_must_be_there(String field) {
        String yaml = SMALLEST.replaceAll("(?m)^" + field + ":.*\n", "");
        assertThatThrownBy(() -> ModelSpec.parse(yaml))
                .hasMessageStartingWith(field + ": ")
                .hasMessageContaining("(expected: ");
    }

    @Test
    void classes_must_be_counted() {
        String yaml = SMALLEST.replace("mean-squared-error", "sparse-categorical-cross-entropy");
        assertThatThrownBy(() -> ModelSpec.parse(yaml))
                .hasMessage("outputs: missing (expected: the number of classes, from 2)");
        assertThat(ModelSpec.parse(SMALLEST.replace("mean-squared-error", "binary-cross-entropy"))
                        .loss())
                .isEqualTo(new BinaryCrossEntropy());
    }

    @Test
    void a_model_or_a_batch_that_fits_no_array_is_refused() {
        String classes = SMALLEST.replace("mean-squared-error", "sparse-categorical-cross-entropy")
                .replace("{numeric: [a]}", "{categorical: [a], hashBits: 26}");
        assertThatThrownBy(() -> ModelSpec.parse(classes + "outputs: 5"))
                .hasMessage("model: 335544325 parameters (expected: up to 2^28)");
        assertThatThrownBy(() -> ModelSpec.parse(classes.replace("26", "4") + "outputs: 100000\nbatch: {size: 65536}"))
                .hasMessage("batch.size: 65536 (expected: size * (outputs + numbers) up to 2^26)");
    }

    /** Its snapshots would be larger than a producer sends, and the job would fail at the first, again and again. */
    @Test
    void moments_and_text_that_leave_no_room_in_a_snapshot_are_refused() {
        String dense = "{name: m, label: y, loss: mean-squared-error,"
                + " features: {dense: {field: x, length: %d, standardize: %s}}}";
        ModelSpec.parse(dense.formatted(32_000, true));
        ModelSpec.parse(dense.formatted(1 << 20, false));
        assertThatThrownBy(() -> ModelSpec.parse(dense.formatted(1 << 16, true)))
                .isInstanceOf(SpecException.class)
                .hasMessageMatching(
                        "features: 65536 standardized numbers, \\d+ bytes of text \\(expected: 16 \\* numbers"
                                + " \\+ text up to 524288, as both are in every snapshot\\)");
        String names = IntStream.range(0, 60_000).mapToObj(i -> "field" + i).collect(Collectors.joining(", "));
        String many = "{name: m, label: y, loss: mean-squared-error, features: {categorical: [%s]}}";
        assertThatThrownBy(() -> ModelSpec.parse(many.formatted(names)))
                .isInstanceOf(SpecException.class)
                .hasMessageStartingWith("specification: 0 standardized numbers, ");
    }

    @Test
    void vectors_of_more_numbers_than_an_array_has_are_refused() {
        String vectors = IntStream.range(0, 2048)
                .mapToObj(i -> "{field: v" + i + ", length: 1048576}")
                .collect(Collectors.joining(", "));
        assertThatThrownBy(() -> ModelSpec.parse(
                        "{name: m, label: y, loss: mean-squared-error, features: {dense: [" + vectors + "]}}"))
                .isInstanceOf(SpecException.class)
                .hasMessage("features.dense: 2147483648 numbers (expected: up to 2^26 together)");
    }

    @Test
    void a_field_said_twice_is_an_error_with_its_line() {
        assertThatThrownBy(() -> ModelSpec.parse(SMALLEST + "label: z\n"))
                .isInstanceOf(SpecException.class)
                .hasMessageContaining("line 5")
                .hasMessageContaining("duplicate key label");
    }

    @Test
    void text_that_is_no_yaml_is_an_error_with_its_line() {
        assertThatThrownBy(() -> ModelSpec.parse("name: m\nlabel: [y\nloss: x\n"))
                .isInstanceOf(SpecException.class)
                .hasMessageStartingWith("line 3, column ")
                .hasMessageEndingWith("(expected: YAML)");
        assertThatThrownBy(() -> ModelSpec.parse("name: m\n\tlabel: y\n"))
                .isInstanceOf(SpecException.class)
                .hasMessageStartingWith("line 2, column 1: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "   \n", "# nothing\n", "7", "- a\n- b\n", "a\n--- \nb: c\n", "null", "\u0000"})
    void text_that_is_no_mapping_is_an_error(String yaml) {
        assertThatThrownBy(() -> ModelSpec.parse(yaml))
                .isInstanceOf(SpecException.class)
                .hasMessageContaining("expected:");
    }

    /** Specifications come from a topic: what was made to fill the memory or the stack is one more bad specification. */
    @Test
    void yaml_made_to_do_harm_is_an_error() {
        String bomb = "a0: &a0 [x, x]\n";
        for (int i = 1; i < 40; i++) {
            bomb += "a" + i + ": &a" + i + " [*a" + (i - 1) + ", *a" + (i - 1) + "]\n";
        }
        String[] all = {
            "name: &a [[*a]]",
            "name: &a {b: {c: *a}}",
            "&a name: *a",
            bomb + "name: *a39\n",
            "name: " + "[".repeat(100_000),
            "name: " + "[".repeat(100_000) + "]".repeat(100_000),
            "name: " + "{a: ".repeat(100_000) + "}".repeat(100_000),
            "- ".repeat(100_000),
            "? ".repeat(100_000),
            "name: " + "x".repeat(2_000_000),
            "name: !!java.net.URL [\"http://localhost/\"]",
            "%YAML 9.9\n---\nname: m",
        };
        for (String yaml : all) {
            assertThatThrownBy(() -> ModelSpec.parse(yaml))
                    .as(yaml.substring(0, Math.min(40, yaml.length())))
                    .isInstanceOf(SpecException.class)
                    .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(1000));
        }
    }

    @Test
    void a_long_value_is_shown_in_part() {
        assertThatThrownBy(() -> ModelSpec.parse(SMALLEST.replace("name: m", "name: " + "m".repeat(100_000))))
                .satisfies(e -> assertThat(e.getMessage())
                        .hasSizeLessThan(400)
                        .startsWith("name: mmm")
                        .endsWith("... (expected: letters, digits, . _ -, at most 100)"));
    }
}
