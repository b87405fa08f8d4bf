package io.freshet.learning.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.loss.BinaryCrossEntropy;
import io.freshet.learning.yaml.SpecException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a typing error that silently becomes a default, and an error message that does not name the field. */
class SpecErrorsTest {
    static final String SMALLEST = """
            name: m
            label: y
            features: {numeric: [a]}
            loss: mean-squared-error
            """;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            name: a/b                               | name: a/b (expected: letters, digits, . _ -, at most 100)
            name: [a]                               | name: [a] (expected: a text)
            name: ''                                | name:  (expected: a text)
            label:                                  | label: missing (expected: a field name, or a list of them)
            label: {}                               | label: {} (expected: a text)
            labels: [a, b]                          | labels: [a, b] (expected: none, since a label of mean-squared-error is not the name of a class)
            labels: ham                             | labels: ham (expected: a list of distinct texts)
            labels: [a, a]                          | labels[1]: a (expected: each text once)
            labels: [a, null]                       | labels[1]: null (expected: a text)
            labels: [1.5, a]                        | labels[0]: 1.5 (expected: a text, or a number in quotes)
            key: [a]                                | key: [a] (expected: a text)
            weight: {a: b}                          | weight: {a=b} (expected: a text)
            loss: mse                               | loss: mse (expected: one of binary-cross-entropy, ...
            loss:                                   | loss: missing (expected: one of binary-cross-entropy, ...
            loss: huberr                            | loss: huberr (expected: ... or {type: ..., ...}; did you mean huber?)
            loss: {type: mse}                       | loss.type: mse (expected: ...; did you mean mean-squared-error?)
            loss: {tpye: huber}                     | loss.tpye: unknown field (expected: type?)
            outputs: 2                              | -
            warmStart: {model: m, checksum: abc}    | warmStart.checksum: abc (expected: 16 hexadecimal digits)
            warmStart: {model: m}                   | warmStart.checksum: missing (expected: a text)
            outputs: 1.0                            | outputs: 1.0 (expected: a whole number from 1 to 100000)
            features: {}                            | features: none (expected: at least one of numeric, categorical, tokens, cross, sparse, dense, time)
            features: [a]                           | features: [a] (expected: a mapping {field: value})
            features: {numeric: a}                  | features.numeric: a (expected: a list of field names)
            features: {numeric: [a, a]}             | features.numeric[1]: a (expected: each field once)
            features: {numeric: [a, ]}              | -
            features: {numeric: [a, null]}          | features.numeric[1]: null (expected: a field name)
            features: {numeric: [[a]]}              | features.numeric[0]: [a] (expected: a text)
            features: {numeric: [1.10]}             | features.numeric[0]: 1.1 (expected: a text, or a number in quotes)
            features: {numeric: [1e3]}              | features.numeric[0]: 1000.0 (expected: a text, or a number in quotes)
            features: {numeric: [a, y]}             | features.numeric: y (expected: not the label)
            features: {categorical: [y]}            | features: y (expected: not the label)
            features: {cross: [[a, y]]}             | features: y (expected: not the label)
            features: {sparse: [y]}                 | features: y (expected: not the label)
            features: {sparse: [s, null]}           | features.sparse[1]: null (expected: a mapping {field: value})
            features: {sparse: [[s]]}               | features.sparse[0]: [s] (expected: a text)
            features: {sparse: [s, {field: s, hash: true}]} | features.sparse[1].field: s (expected: each field once)
            features: {sparse: [s, s]}              | features.sparse[1]: s (expected: each field once)
            features: {sparse: {field: s, hash: 1}} | features.sparse.hash: 1 (expected: true or false)
            features: {sparse: [{field: s, hahs: true}]} | features.sparse[0].hahs: unknown field (expected: hash?)
            features: {sparse: [{hash: true}]}      | features.sparse[0].field: missing (expected: a text)
            key: y                                  | key: y (expected: not the label)
            id: y                                   | id: y (expected: not the label)
            features: {cross: [a, b]}               | features.cross[0]: a (expected: a list of lists of two or more field names, such as [[origin, dest]])
            features: {cross: [[a]]}                | features.cross[0]: [a] (expected: a list of lists of two or more field names, such as [[origin, dest]])
            features: {cross: [[a, a]]}             | features.cross[0][1]: a (expected: each field once)
            features: {numeric: [a], hashBits: 0}   | features.hashBits: 0 (expected: a whole number from 1 to 26)
            features: {numeric: [a], hashBits: 27}  | features.hashBits: 27 (expected: a whole number from 1 to 26)
            features: {numeric: [a], standardize: 1}| features.standardize: 1 (expected: true or false)
            features: {numeric: [a], standardize: {decay: 0}} | features.standardize.decay: 0 (expected: in (0, 1])
            features: {dense: x}                    | features.dense: x (expected: {field: x, length: a whole number from 1 to 1048576})
            features: {dense: {field: x, lenght: 2}}| features.dense.lenght: unknown field (expected: length?)
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
            features: {numeric: [a], pixels: [b]}   | features.pixels: unknown field (expected: one of numeric, standardize, categorical, tokens, cross, sparse, dense, length, hashBits, time, missing)
            model: {type: tree}                     | model.type: tree (expected: one of ...
            model: {hidden: [5]}                    | model.hidden: unknown field (expected: one of type)
            optimizer: {type: adamax}               | optimizer.type: adamax (expected: one of ...
            optimizer: sgd                          | -
            optimizer: adamm                        | optimizer: adamm (expected: one of adagrad, adam, adamw, ftrl, lbfgs, momentum, nesterov, normalized-adagrad, rmsprop, scale-free, sgd, or {type: ..., ...}; did you mean adam?)
            optimizer: [adam]                       | optimizer: [adam] (expected: one of adagrad, ...
            optimizer: 7                            | optimizer: 7 (expected: one of adagrad, ...
            model: mlp                              | -
            model: mpl                              | model: mpl (expected: ... or {type: ..., ...}; did you mean mlp?)
            model: sequence                         | model: sequence (expected: {type: sequence, steps: a whole number from 2 to 4096})
            model: {type: sequence}                 | model.steps: missing (expected: a whole number from 2 to 4096)
            model: {type: sequence, stesp: 3}       | model.stesp: unknown field (expected: steps?)
            schedule: cosine                        | -
            schedule: cosin                         | schedule: cosin (expected: ...; did you mean cosine?)
            watch: {drift: adwim}                   | watch.drift: adwim (expected: ...; did you mean adwin?)
            order: strickt                          | order: strickt (expected: one of arrival, strict, or {type: ..., ...}; did you mean strict?)
            publish: {lane: eagre}                  | publish.lane: eagre (expected: one of committed, eager; did you mean eager?)
            onDivergence: revrt                     | onDivergence: revrt (expected: one of hold, none, reset, revert; did you mean revert?)
            model: {type: mlp, activation: rely}    | model.activation: rely (expected: ...; did you mean relu?)
            shuffle: ture                           | shuffle: ture (expected: true or false; did you mean true?)
            shuffle: 'true'                         | shuffle: true (expected: true or false, without quotes)
            optimizer: {learningRate: "0.1"}        | optimizer.learningRate: "0.1" is text (expected: a number in (0, 1000], written as 0.1 without quotes)
            holdout: .5                             | holdout: ".5" is text (expected: a number in [0, 1), written as 0.5 without quotes)
            batch: "32"                             | batch: "32" is text (expected: a whole number from 1 to 65536, or full, or {size: ..., ...}, written as 32 without quotes)
            epochs: '3'                             | epochs: "3" is text (expected: a whole number from 1 to 1000000, written as 3 without quotes)
            epochs: .nan                            | epochs: NaN (expected: a whole number from 1 to 1000000)
            seed: 'NaN'                             | seed: NaN (expected: a whole number from -2^63 to 2^63 - 1)
            optimizer: {learningRate: -1.0}         | optimizer.learningRate: -1.0 (expected: in (0, 1000])
            optimizer: {learningRate: 0}            | optimizer.learningRate: 0 (expected: in (0, 1000])
            optimizer: {learningRate: 1e-50}        | optimizer.learningRate: 1.0E-50 (expected: in (0, 1000])
            optimizer: {learningRate: .inf}         | optimizer.learningRate: Infinity (expected: in (0, 1000])
            optimizer: {learningRate: .nan}         | optimizer.learningRate: NaN (expected: in (0, 1000])
            optimizer: {learningRate: fast}         | optimizer.learningRate: fast (expected: a number in (0, 1000])
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
            batch: 32                               | -
            batch: full                             | -
            batch: ful                              | batch: ful (expected: a whole number from 1 to 65536, or full, or {size: ..., ...}; did you mean full?)
            batch: 0                                | batch: 0 (expected: a whole number from 1 to 65536, or full, or {size: ..., ...})
            batch: [32]                             | batch: [32] (expected: a whole number from 1 to 65536, or full, or {size: ..., ...})
            seed: 9223372036854775808               | seed: 9223372036854775808 (expected: a whole number from -2^63 to 2^63 - 1)
            publish: {everySamples: 0}              | publish.everySamples: 0 (expected: a whole number from 1 to 2^31 - 1)
            publish: {minimumMillis: -1}            | publish.minimumMillis: -1 (expected: a whole number from 0 to 2^31 - 1)
            publish: {everyMillis: -5}              | publish.everyMillis: -5 (expected: a whole number from 1 to 2^31 - 1)
            order: {idle: 10s}                      | order.idle: 10s (expected: type: strict beside it; arrival has no turns)
            order: {type: arrival, count: 5}        | order.count: 5 (expected: type: strict beside it; arrival has no turns)
            publish: {every: 5}                     | publish.every: unknown field (expected: one of everySamples, everyMillis, minimumMillis, lane, fullEvery)
            evaluation: {window: 0}                 | evaluation.window: 0 (expected: a whole number from 1 to 2^31 - 1)
            evaluation: {topK: 1}                   | evaluation.topK: 1 (expected: 0 without more than two classes)
            lable: y                                | lable: unknown field (expected: label?)
            7: y                                    | 7: unknown field (expected: one of name, label, ...
            """)
    void names_the_path_the_value_and_the_expectation(String line, String message) {
        String field = line.substring(0, line.indexOf(':'));
        StringBuilder yaml = new StringBuilder();
        SMALLEST.lines()
                .filter(l -> !l.startsWith(field + ":"))
                .forEach(l -> yaml.append(l).append('\n'));
        yaml.append(line).append('\n');
        if (message.equals("-")) {
            ModelSpec.parse(yaml.toString());
        } else if (message.contains("(expected: ...")) {
            int gap = message.indexOf("...");
            assertThatThrownBy(() -> ModelSpec.parse(yaml.toString()))
                    .isInstanceOf(SpecException.class)
                    .hasMessageStartingWith(message.substring(0, gap))
                    .hasMessageEndingWith(message.substring(gap + 3));
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

    /** A model that sees its label only copies it. A column prefix is another name for the same columns. */
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
    void rejects_the_label_as_a_feature_under_any_name(String label, String fields, @Nullable String refused) {
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

    /** A typing error in a required field leaves that field missing; the cause is the more useful message. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            feature: {numeric: [a]} | features
            lable: y                | label
            nmae: m                 | name
            los: poisson            | loss
            optimiser: adam         | loss
            epoch: 3                | name
            """)
    void reports_an_unknown_field_before_a_missing_one(String line, String missing) {
        String yaml = SMALLEST.replaceAll("(?m)^" + missing + ":.*\n", "") + line + "\n";
        assertThatThrownBy(() -> ModelSpec.parse(yaml))
                .isInstanceOf(SpecException.class)
                .hasMessageStartingWith(line.substring(0, line.indexOf(':')) + ": unknown field (expected: ")
                .hasMessageEndingWith("?)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"name", "label", "features", "loss"})
    void requires_fields_without_a_default(String field) {
        String yaml = SMALLEST.replaceAll("(?m)^" + field + ":.*\n", "");
        assertThatThrownBy(() -> ModelSpec.parse(yaml))
                .hasMessageStartingWith(field + ": ")
                .hasMessageContaining("(expected: ");
    }

    @Test
    void requires_the_number_of_classes() {
        String yaml = SMALLEST.replace("mean-squared-error", "sparse-categorical-cross-entropy");
        assertThatThrownBy(() -> ModelSpec.parse(yaml))
                .hasMessage("outputs: missing (expected: the number of classes, from 2)");
        assertThat(ModelSpec.parse(SMALLEST.replace("mean-squared-error", "binary-cross-entropy"))
                        .loss())
                .isEqualTo(new BinaryCrossEntropy());
    }
}
