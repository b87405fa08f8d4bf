package io.freshet.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Would catch a mistake in a specification that is not reported, in one line, before anything starts. */
@Timeout(60)
class YamlMistakesTest {
    private static final String SPEC = """
            name: m
            label: y
            features: {numeric: [a]}
            loss: mean-squared-error
            """;

    /** Each line replaces the field of the same name, or the field before {@code <-}; then, the message. */
    private static final String MISTAKES = """
            features <- feature: {numeric: [a]} => feature: unknown field (expected: features?)
            label <- lable: y => lable: unknown field (expected: label?)
            name <- nmae: m => nmae: unknown field (expected: name?)
            loss <- lossfunction: poisson => lossfunction: unknown field (expected: one of name, label, labels, key, weight, samplingRate, id, features, model, outputs, loss, optimizer, schedule, regularization, clip, batch, epochs, shuffle, earlyStopping, holdout, replicas, clamp, seed, publish, evaluation, watch, order, deduplicate, timeToLive, frozen, onDivergence, reset, warmStart, when, join)
            loss <- optimiser: adam => optimiser: unknown field (expected: optimizer?)
            name <- epoch: 3 => epoch: unknown field (expected: epochs?)
            name: [m] => name: [m] (expected: a text)
            name: a/b => name: a/b (expected: letters, digits, . _ -, at most 100)
            name: "" => name:  (expected: a text)
            label: 1.5 => label: 1.5 (expected: a text, or a number in quotes)
            label: [y, z] => label: [y, z] (expected: one field)
            label: {y: 1} => label: {y=1} (expected: a text)
            key: [k] => key: [k] (expected: a text)
            weight: [w] => weight: [w] (expected: a text)
            id: {} => id: {} (expected: a text)
            features: [a] => features: [a] (expected: a mapping {field: value})
            features: {} => features: none (expected: at least one of numeric, categorical, tokens, cross, sparse, dense, time)
            features: {numeric: a} => features.numeric: a (expected: a list of field names)
            features: {numerics: [a]} => features.numerics: unknown field (expected: numeric?)
            features: {numeric: [a, a]} => features.numeric[1]: a (expected: each field once)
            features: {numeric: [a, y]} => features.numeric: y (expected: not the label)
            features: {numeric: [1.10]} => features.numeric[0]: 1.1 (expected: a text, or a number in quotes)
            features: {categorical: c} => features.categorical: c (expected: a list of field names)
            features: {cross: [a, b]} => features.cross[0]: a (expected: a list of lists of two or more field names, such as [[origin, dest]])
            features: {cross: [[a]]} => features.cross[0]: [a] (expected: a list of lists of two or more field names, such as [[origin, dest]])
            features: {tokens: {a: b}} => features.tokens: {a=b} (expected: a list of field names)
            features: {dense: a} => features.dense: a (expected: {field: a, length: a whole number from 1 to 1048576})
            features: {dense: {field: a, lenght: 3}} => features.dense.lenght: unknown field (expected: length?)
            features: {dense: {feild: a, length: 3}} => features.dense.feild: unknown field (expected: field?)
            features: {dense: {field: a, length: "3"}} => features.dense.length: "3" is text (expected: a whole number from 1 to 1048576, written as 3 without quotes)
            features: {dense: {field: a, length: 0}} => features.dense.length: 0 (expected: a whole number from 1 to 1048576)
            features: {numeric: [a], hashBits: 99} => features.hashBits: 99 (expected: a whole number from 1 to 26)
            features: {numeric: [a], hashbits: 9} => features.hashbits: unknown field (expected: hashBits?)
            features: {numeric: [a], standardize: "true"} => features.standardize: true (expected: true or false, without quotes)
            features: {numeric: [a], standardize: {decay: 2}} => features.standardize.decay: 2 (expected: in (0, 1])
            model: mpl => model: mpl (expected: one of embedding-mlp, factorization-machine, linear, mlp, sequence, or {type: ..., ...}; did you mean mlp?)
            model: [mlp] => model: [mlp] (expected: one of embedding-mlp, factorization-machine, linear, mlp, sequence, or {type: ..., ...})
            model: sequence => model: sequence (expected: {type: sequence, steps: a whole number from 2 to 4096})
            model: {type: mlp, hidden: 64} => model.hidden: 64 (expected: a list of 1 to 16 whole numbers, each from 1 to 65536)
            model: {type: mlp, hidden: ["64"]} => model.hidden[0]: "64" is text (expected: a list of 1 to 16 whole numbers, each from 1 to 65536, written as 64 without quotes)
            model: {type: mlp, activation: rely} => model.activation: rely (expected: one of gelu, leaky-relu, relu, sigmoid, tanh; did you mean relu?)
            model: {type: mlp, dropout: 1.5} => model.dropout: 1.5 (expected: in [0, 0.99])
            model: {type: mlp, rank: 3} => model.rank: unknown field (expected: one of type, hidden, activation, dropout)
            model: {type: sequence, step: 5} => model.step: unknown field (expected: steps?)
            model: {type: factorization-machine, rank: 0} => model.rank: 0 (expected: a whole number from 1 to 256)
            loss: mse => loss: mse (expected: one of binary-cross-entropy, box-iou, categorical-cross-entropy, dice, generalized-box-iou, hinge, huber, iou, mean-absolute-error, mean-squared-error, poisson, quantile, sequence-cross-entropy, sparse-categorical-cross-entropy, or {type: ..., ...}; did you mean mean-squared-error?)
            loss: hubber => loss: hubber (expected: one of binary-cross-entropy, box-iou, categorical-cross-entropy, dice, generalized-box-iou, hinge, huber, iou, mean-absolute-error, mean-squared-error, poisson, quantile, sequence-cross-entropy, sparse-categorical-cross-entropy, or {type: ..., ...}; did you mean huber?)
            loss: [huber] => loss: [huber] (expected: one of binary-cross-entropy, box-iou, categorical-cross-entropy, dice, generalized-box-iou, hinge, huber, iou, mean-absolute-error, mean-squared-error, poisson, quantile, sequence-cross-entropy, sparse-categorical-cross-entropy, or {type: ..., ...}; did you mean huber?)
            loss: {type: huber, delta: 0} => loss.delta: 0 (expected: > 0)
            loss: {type: huber, dleta: 1} => loss.dleta: unknown field (expected: delta?)
            loss: {typ: huber} => loss.typ: unknown field (expected: type?)
            loss: sparse-categorical-cross-entropy => outputs: missing (expected: the number of classes, from 2)
            outputs: 1.0 => outputs: 1.0 (expected: a whole number from 1 to 100000)
            outputs: "2" => outputs: "2" is text (expected: a whole number from 1 to 100000, written as 2 without quotes)
            optimizer: adamm => optimizer: adamm (expected: one of adagrad, adam, adamw, ftrl, lbfgs, momentum, nesterov, normalized-adagrad, rmsprop, scale-free, sgd, or {type: ..., ...}; did you mean adam?)
            optimizer: Adam => optimizer: Adam (expected: one of adagrad, adam, adamw, ftrl, lbfgs, momentum, nesterov, normalized-adagrad, rmsprop, scale-free, sgd, or {type: ..., ...}; did you mean adam?)
            optimizer: 0.1 => optimizer: 0.1 (expected: one of adagrad, adam, adamw, ftrl, lbfgs, momentum, nesterov, normalized-adagrad, rmsprop, scale-free, sgd, or {type: ..., ...})
            optimizer: [adam] => optimizer: [adam] (expected: one of adagrad, adam, adamw, ftrl, lbfgs, momentum, nesterov, normalized-adagrad, rmsprop, scale-free, sgd, or {type: ..., ...}; did you mean adam?)
            optimizer: {type: rmsprp} => optimizer.type: rmsprp (expected: one of adagrad, adam, adamw, ftrl, lbfgs, momentum, nesterov, normalized-adagrad, rmsprop, scale-free, sgd; did you mean rmsprop?)
            optimizer: {type: rmsprop, decay: 1.5} => optimizer.decay: 1.5 (expected: in [0, 1))
            optimizer: {type: sgd, decay: 0.9} => optimizer.decay: unknown field (expected: one of type, learningRate)
            optimizer: {learningRate: "0.1"} => optimizer.learningRate: "0.1" is text (expected: a number in (0, 1000], written as 0.1 without quotes)
            optimizer: {learningRate: fast} => optimizer.learningRate: fast (expected: a number in (0, 1000])
            optimizer: {learningRate: -1} => optimizer.learningRate: -1 (expected: in (0, 1000])
            optimizer: {learning_rate: 0.1} => optimizer.learning_rate: unknown field (expected: learningRate?)
            schedule: cosin => schedule: cosin (expected: one of constant, cosine, exponential, inverse, plateau, step, or {type: ..., ...}; did you mean cosine?)
            schedule: {type: cosine, steps: 1e5} => schedule.steps: 100000.0 (expected: a whole number from 1 to 2^53)
            schedule: {type: step, every: 0} => schedule.every: 0 (expected: a whole number from 1 to 2^53)
            clip: 5 => clip: 5 (expected: a mapping {field: value})
            clip: {norm: 0} => clip.norm: 0 (expected: > 0)
            regularization: {l2: "1e-6"} => regularization.l2: "1e-6" is text (expected: a number in [0, 1e6], written as 1e-6 without quotes)
            regularization: {l3: 1} => regularization.l3: unknown field (expected: l1?)
            batch: ful => batch: ful (expected: a whole number from 1 to 65536, or full, or {size: ..., ...}; did you mean full?)
            batch: 0 => batch: 0 (expected: a whole number from 1 to 65536, or full, or {size: ..., ...})
            batch: [32] => batch: [32] (expected: a whole number from 1 to 65536, or full, or {size: ..., ...})
            batch: "32" => batch: "32" is text (expected: a whole number from 1 to 65536, or full, or {size: ..., ...}, written as 32 without quotes)
            batch: {sizes: 32} => batch.sizes: unknown field (expected: size?)
            batch: {size: 32, maxDelayMillis: 1s} => batch.maxDelayMillis: 1s (expected: a whole number of at least 0)
            epochs: 0 => epochs: 0 (expected: a whole number from 1 to 1000000)
            epochs: ten => epochs: ten (expected: a whole number from 1 to 1000000)
            shuffle: yes => shuffle: yes (expected: true or false)
            shuffle: 1 => shuffle: 1 (expected: true or false)
            earlyStopping: 3 => earlyStopping: 3 (expected: a mapping {field: value})
            earlyStopping: {patience: 3} => holdout: 0.0 (expected: above 0, since earlyStopping needs a hold-out loss)
            holdout: .5 => holdout: ".5" is text (expected: a number in [0, 1), written as 0.5 without quotes)
            holdout: 5% => holdout: 5% (expected: a number in [0, 1))
            seed: abc => seed: abc (expected: a whole number from -2^63 to 2^63 - 1)
            publish: {every: 5} => publish.every: unknown field (expected: one of everySamples, everyMillis, minimumMillis, lane, fullEvery)
            publish: {lane: eagr} => publish.lane: eagr (expected: one of committed, eager; did you mean eager?)
            publish: {everySamples: 0} => publish.everySamples: 0 (expected: a whole number from 1 to 2^31 - 1)
            evaluation: 500 => evaluation: 500 (expected: a mapping {field: value})
            evaluation: {window: "500"} => evaluation.window: "500" is text (expected: a whole number from 1 to 2^31 - 1, written as 500 without quotes)
            watch: {drift: adwim} => watch.drift: adwim (expected: one of adwin, none, page-hinkley, or {type: ..., ...}; did you mean adwin?)
            watch: {divergence: 0.5} => watch.divergence: 0.5 (expected: > 1, or 0 for none)
            watch: {plateau: many} => watch.plateau: many (expected: a whole number from 1 to 2^31 - 1, or 0 for none)
            order: strickt => order: strickt (expected: one of arrival, strict, or {type: ..., ...}; did you mean strict?)
            order: {type: arrival, count: 5} => order.count: 5 (expected: type: strict beside it; arrival has no turns)
            deduplicate: 10 => deduplicate: 10 (expected: a duration such as 500ms, 10s, 15m, 1h, or 30d; or 0)
            deduplicate: 10 min => deduplicate: 10 min (expected: a duration such as 500ms, 10s, 15m, 1h, or 30d; or 0)
            timeToLive: 1h => timeToLive: 1h (expected: 0 without a key)
            frozen: no => frozen: no (expected: true or false)
            onDivergence: revrt => onDivergence: revrt (expected: one of hold, none, reset, revert; did you mean revert?)
            reset: ture => reset: ture (expected: true or false; did you mean true?)
            warmStart: {model: m} => warmStart.checksum: missing (expected: a text)
            """;

    @TempDir
    Path directory;

    static Stream<String[]> mistakes() {
        return Arrays.stream(MISTAKES.split("\n")).map(line -> line.split(" => "));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void each_mistake_is_one_line_and_code_2(String mistake, String message) throws IOException {
        int arrow = mistake.indexOf(" <- ");
        String line = arrow < 0 ? mistake : mistake.substring(arrow + 4);
        String replaced = arrow < 0 ? mistake.substring(0, mistake.indexOf(':')) : mistake.substring(0, arrow);
        Path spec = Files.writeString(
                directory.resolve("s.yaml"), SPEC.replaceAll("(?m)^" + replaced + ":.*\n", "") + line + "\n");
        Path input = Files.writeString(directory.resolve("i.csv"), "a,y\n1,0\n");

        Run run = Run.of("train", "--spec", spec.toString(), "--input", input.toString());

        assertThat(run.code()).as(run.err()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().strip()).isEqualTo("freshet: " + spec + ": " + message);
    }
}
