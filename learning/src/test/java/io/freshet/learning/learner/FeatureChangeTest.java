package io.freshet.learning.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.FlatWeights;
import io.freshet.learning.TestSpecs;
import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Sample;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.SpecCompatibility;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a parameter, slot, or moment that is lost or assigned to another feature when features change. */
class FeatureChangeTest {
    private static final long SEED = 20261127;
    private static final String FEW = "numeric: [a, b], categorical: [c], hashBits: 4";
    private static final String MORE =
            "numeric: [z, b, a], categorical: [e, c], tokens: [w], cross: [[c, e]], dense: [{field: v, length: 2}], hashBits: 4";

    @ParameterizedTest
    @CsvSource({"momentum, 1", "momentum, 3", "scale-free, 1", "scale-free, 3", "normalized-adagrad, 3"})
    void a_linear_model_continues_as_if_new_features_had_been_absent_before(String optimizer, int batch)
            throws Exception {
        String plain = ", standardize: false";
        ModelSpec few = spec("linear", optimizer, FEW + plain, batch);
        ModelSpec more = spec("linear", optimizer, MORE + plain, batch);
        Learner oracle = new Learner(more);
        LearnerState expected = oracle.start();
        Learner changed = new Learner(more, null, List.of(few));
        LearnerState state = new Learner(few).start();

        for (int i = 0; i < 40; i++) {
            Sample sample = encode(more, row(more, i));
            oracle.learn(expected, i < 20 ? without(more, few, sample, encode(few, row(few, i))) : sample);
            if (i < 20) {
                new Learner(few).learn(state, encode(few, row(few, i)));
            } else {
                state = i == 20 ? changed.changeFeatures(state, few.stateHash()) : state;
                changed.learn(state, sample);
            }
        }

        // Sums of the numbers are rounded in another order.
        assertThat(FlatWeights.of(state.weights())).containsExactly(FlatWeights.of(expected.weights()), within(1e-3f));
        assertThat(state.samples()).isEqualTo(expected.samples());
        assertThat(state.pending().size()).isEqualTo(40 % batch);
    }

    @ParameterizedTest
    @CsvSource({
        "linear,ftrl",
        "linear,adam",
        "linear,scale-free",
        "linear,normalized-adagrad",
        "factorization-machine,adagrad",
        "factorization-machine,sgd",
        "embedding-mlp,adam",
        "embedding-mlp,rmsprop"
    })
    void changing_back_restores_every_parameter_slot_and_moment(String model, String optimizer) throws Exception {
        ModelSpec few = spec(model, optimizer, FEW, 3);
        ModelSpec more = spec(model, optimizer, MORE, 3);
        Learner learner = new Learner(few, null, List.of(more));
        LearnerState state = learner.start();
        for (int i = 0; i < 20; i++) {
            learner.learn(state, encode(few, row(few, i)));
        }
        LearnerState before = state.copy();

        LearnerState wider = new Learner(more, null, List.of(few)).changeFeatures(state, few.stateHash());
        assertThat(wider.weights().parameters()).hasSize(more.parameterCount());
        LearnerState back = learner.changeFeatures(wider, more.stateHash());

        assertThat(back.weights()).isEqualTo(before.weights());
        assertThat(back.moments()).isEqualTo(before.moments());
        assertThat(back.pending().size()).isEqualTo(2);
        learner.finish(back, () -> {});
        learner.finish(before, () -> {});
        assertThat(back.weights()).isEqualTo(before.weights());
    }

    @ParameterizedTest
    @ValueSource(strings = {"linear", "factorization-machine", "embedding-mlp"})
    void new_features_start_from_their_initial_parameters(String model) throws Exception {
        ModelSpec few = spec(model, "adam", FEW, 1);
        ModelSpec more = spec(model, "adam", MORE, 1);
        Learner learner = new Learner(more, null, List.of(few));
        LearnerState untrained = learner.changeFeatures(new Learner(few).start(), few.stateHash());
        LearnerState initial = learner.start();

        float[] parameters = untrained.weights().parameters();
        float[] expected = initial.weights().parameters();
        int kept = 0;
        int same = 0;
        float[] old = new Learner(few).start().weights().parameters();
        for (int i = 0; i < parameters.length; i++) {
            same += parameters[i] == expected[i] ? 1 : 0;
            for (float each : old) {
                if (parameters[i] == each) {
                    kept++;
                    break;
                }
            }
        }
        assertThat(same + kept).isGreaterThanOrEqualTo(parameters.length);
        assertThat(same).isGreaterThanOrEqualTo(parameters.length - old.length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "{decay: 0.9}"})
    void a_new_number_is_standardized_by_the_samples_that_have_it(String standardize) throws Exception {
        ModelSpec few = spec("linear", "sgd", FEW + ", standardize: " + standardize, 1);
        ModelSpec more = spec("linear", "sgd", MORE + ", standardize: " + standardize, 1);
        Learner learner = new Learner(more, null, List.of(few));
        LearnerState state = new Learner(few).start();
        for (int i = 0; i < 20; i++) {
            new Learner(few).learn(state, encode(few, row(few, i)));
        }
        state = learner.changeFeatures(state, few.stateHash());
        double[] fresh = more.features().standardizer().start();
        double[] whole = more.features().standardizer().start();
        for (int i = 0; i < 40; i++) {
            Sample sample = encode(more, row(more, i));
            more.features().standardizer().keep(whole, sample);
            if (i >= 20) {
                learner.learn(state, sample);
                more.features().standardizer().keep(fresh, sample);
            }
        }

        Sample next = encode(more, row(more, 40));
        float[] actual = standardized(more, state.moments(), next);
        assertThat(actual[0]).as("new").isEqualTo(standardized(more, fresh, next)[0]);
        assertThat(actual[1]).as("kept").isEqualTo(standardized(more, whole, next)[1]);
        assertThat(actual[2]).as("kept").isEqualTo(standardized(more, whole, next)[2]);
        assertThat(more.features().standardizer().deviation(state.moments(), 0))
                .isEqualTo(more.features().standardizer().deviation(fresh, 0));
    }

    @Test
    void a_model_reverts_to_parameters_from_before_the_change() throws Exception {
        ModelSpec few = ModelSpec.parse(
                spec("linear", "sgd", FEW, 1).toYaml().replace("onDivergence: hold", "onDivergence: revert"));
        ModelSpec more = ModelSpec.parse(
                spec("linear", "sgd", MORE, 1).toYaml().replace("onDivergence: hold", "onDivergence: revert"));
        assertThat(few.toYaml()).contains("revert");
        Learner before = new Learner(few);
        LearnerState state = before.start();
        for (int i = 0; i < 20; i++) {
            before.learn(state, encode(few, row(few, i)));
        }
        before.nextWindow(state);
        state.saveLastGood();
        Learner learner = new Learner(more, null, List.of(few));
        LearnerState changed = learner.changeFeatures(state, few.stateHash());
        float[] good = changed.weights().parameters();
        for (int i = 20; i < 25; i++) {
            learner.learn(changed, encode(more, row(more, i)));
        }
        assertThat(changed.weights().parameters()).isNotEqualTo(good);

        changed.revert(changed.lastGood());

        assertThat(changed.weights().parameters()).isEqualTo(good);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hashBits: 4 | hashBits: 5 | hashBits",
                "standardize: true | standardize: false | standardize",
                "length: 2 | length: 3 | length",
                "divide: 1.0 | divide: 2.0 | divide",
                "type: adam | type: adamw | optimizer: adamw, was adam",
                "type: linear | type: factorization-machine | model: ",
                "label: y | label: t | fields: ",
                "order: arrival | order: strict | order: strict, in which samples",
            })
    void refuses_a_change_that_cannot_continue(String from, String to, String reason) {
        ModelSpec few = spec(
                "linear", "adam", "numeric: [a], categorical: [c], dense: [{field: v, length: 2}], hashBits: 4", 1);
        String yaml = few.toYaml().replace("numeric: [a]", "numeric: [a, b]");
        assertThat(yaml).contains(from);

        String refusal = SpecCompatibility.refusal(few, ModelSpec.parse(yaml.replaceFirst(from, to)));

        assertThat(refusal).contains(reason);
        assertThat(SpecCompatibility.refusal(few, ModelSpec.parse(yaml))).isNull();
    }

    /** A vector that is removed, and added again with another length, passes the specification without it. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void a_state_without_samples_between_two_changes_takes_both(int batch) throws Exception {
        ModelSpec shorter = spec("linear", "adam", FEW + ", dense: [{field: v, length: 2}]", batch);
        ModelSpec none = spec("linear", "adam", FEW, batch);
        ModelSpec longer = spec("linear", "adam", FEW + ", dense: [{field: v, length: 3}]", batch);
        Learner before = new Learner(shorter);
        LearnerState state = before.start();
        for (int i = 0; i < 20; i++) {
            before.learn(state, encode(shorter, row(shorter, i)));
        }
        LearnerState between =
                new Learner(none, null, List.of(shorter)).changeFeatures(state.copy(), shorter.stateHash());
        LearnerState expected = new Learner(longer, null, List.of(none)).changeFeatures(between, none.stateHash());
        assertThat(new Learner(longer, null, List.of(shorter)).earlier(shorter.stateHash()))
                .isNull();
        Learner both = new Learner(longer, null, List.of(none, shorter));
        assertThat(both.earlier(shorter.stateHash())).isEqualTo(shorter);

        LearnerState changed = both.changeFeatures(state, shorter.stateHash());

        assertThat(changed.weights()).isEqualTo(expected.weights());
        assertThat(changed.moments()).isEqualTo(expected.moments());
        assertThat(changed.samples()).isEqualTo(expected.samples());
        both.finish(changed, () -> {});
        both.finish(expected, () -> {});
        assertThat(changed.weights()).isEqualTo(expected.weights());
        assertThat(changed.weights().parameters()).hasSize(longer.parameterCount());
    }

    /** The order is no part of the state, but features do not change with it. */
    @Test
    void two_earlier_specifications_of_one_state_are_one_step() throws Exception {
        ModelSpec arrival = spec("linear", "adam", FEW, 1);
        ModelSpec strict = ModelSpec.parse(arrival.toYaml().replace("order: arrival", "order: strict"));
        assertThat(strict.stateHash()).isEqualTo(arrival.stateHash());
        ModelSpec more = spec("linear", "adam", MORE, 1);
        Learner before = new Learner(strict);
        LearnerState state = before.start();
        before.learn(state, encode(strict, row(strict, 0)));

        Learner after = new Learner(more, null, List.of(strict, arrival));

        assertThat(after.changeFeatures(state, strict.stateHash()).weights().parameters())
                .hasSize(more.parameterCount());
    }

    @Test
    void a_change_of_another_feature_list_needs_no_earlier_specification() {
        ModelSpec few = spec("linear", "sgd", FEW, 1);

        assertThat(new Learner(few).earlier(few.stateHash())).isNull();
        assertThat(new Learner(few, null, List.of(few)).earlier(few.stateHash()))
                .isNull();
        assertThat(new Learner(spec("linear", "adam", MORE, 1), null, List.of(few)).earlier(few.stateHash()))
                .isNull();
    }

    private static ModelSpec spec(String model, String optimizer, String features, int batch) {
        String hyperparameters = switch (model) {
            case "factorization-machine" -> ", rank: 2";
            case "embedding-mlp" -> ", dimension: 2, hidden: [4, 3]";
            default -> "";
        };
        return ModelSpec.parse(
                """
                name: m
                label: y
                features: {%s}
                model: {type: %s%s}
                loss: mean-squared-error
                optimizer: {type: %s%s}
                batch: {size: %d}
                """.formatted(features, model, hyperparameters, optimizer, TestSpecs.rate(optimizer, 0.05), batch));
    }

    private static Row row(ModelSpec spec, int number) {
        SplittableRandom random = new SplittableRandom(SEED + number);
        RowLayout layout = RowLayout.of(List.of(spec));
        Row row = new Row(layout);
        row.clear();
        for (String name : List.of("a", "b", "z", "y")) {
            double value = random.nextDouble(-2, 3);
            if (layout.number(name) >= 0) {
                row.number(layout.number(name), value);
            }
        }
        for (String name : List.of("c", "e", "w")) {
            String text = name + random.nextInt(5) + (name.equals("w") ? " and more" : "");
            if (layout.text(name) >= 0) {
                row.copyText(layout.text(name), text);
            }
        }
        if (layout.vector("v") >= 0) {
            float[] vector = row.vector(layout.vector("v"), 2);
            vector[0] = (float) random.nextDouble();
            vector[1] = (float) random.nextDouble();
        }
        return row;
    }

    private static Sample encode(ModelSpec spec, Row row) throws InvalidSampleException {
        return new FeatureEncoder(spec, RowLayout.of(List.of(spec))).encode(row, 0, 0);
    }

    /** Returns a sample of {@code more} as {@code few} encodes it: the new features are 0 or absent. */
    private static Sample without(ModelSpec more, ModelSpec few, Sample sample, Sample narrow) {
        double[] numeric = {0, sample.numeric()[1], sample.numeric()[2]};
        int[] rows = {
            narrow.rows()[0] + more.features().numbers() - few.features().numbers()
        };
        Sample.Features features = new Sample.Features(numeric, new float[2], rows, sample.ends(), new float[] {1});
        return new Sample(features, sample.label(), sample.weight(), sample.holdout(), sample.position());
    }

    private static float[] standardized(ModelSpec spec, double[] moments, Sample sample) {
        float[] to = new float[spec.features().numbers()];
        spec.features().standardizer().write(moments, sample, to, 0);
        return to;
    }
}
