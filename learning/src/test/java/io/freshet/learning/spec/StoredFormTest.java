package io.freshet.learning.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a record or state of a version that hashed all indices, and whose indices become rows when it is read. */
class StoredFormTest {
    /** Written by a version that hashed all indices. */
    private static final String STORED = """
            name: hashed
            label: y
            features:
              numeric: [a]
              standardize: true
              categorical: [c]
              tokens: []
              cross: []
              sparse: [s, u]
              dense: []
              hashBits: 3
            model: {type: linear}
            outputs: 1
            loss: mean-squared-error
            optimizer: {type: sgd, learningRate: 0.01}
            schedule: {type: constant}
            regularization: {l1: 0.0, l2: 0.0}
            batch: {size: 1, maxDelayMillis: 0}
            epochs: 1
            shuffle: false
            earlyStopping: {patience: 0, minimumImprovement: 0.0}
            holdout: 0.0
            seed: 42
            publish: {everySamples: 1000, everyMillis: 500, lane: eager, fullEvery: 20}
            evaluation: {window: 1000}
            watch:
              drift: none
              divergence: {factor: 10.0, floor: 0.001, norm: 1000.0}
              plateau: 0
            order: arrival
            deduplicate: 0
            timeToLive: 0
            frozen: false
            onDivergence: hold
            reset: false
            """;

    @Test
    void a_text_of_an_earlier_version_keeps_its_meaning_and_its_hashes() {
        ModelSpec stored = ModelSpec.parseStored(STORED);
        assertThat(stored.features().hashedFeatures().sparse())
                .allMatch(vector -> vector.hash())
                .hasSize(2);
        assertThat(stored.toStored()).isEqualTo(STORED);
        assertThat(stored.hash()).isEqualTo("65695c5ac91ea035").isEqualTo(ModelSpec.hash(STORED));
        assertThat(stored.stateHash()).isEqualTo("d2109069c579ce4e");
        assertThat(ModelSpec.parse(STORED.replace("[s, u]", "[{field: s, hash: true}, {field: u, hash: true}]")))
                .isEqualTo(stored);
    }

    @Test
    void the_same_text_of_a_user_is_another_model_with_other_state() {
        ModelSpec written = ModelSpec.parse(STORED);
        assertThat(written.features().hashedFeatures().sparse())
                .noneMatch(vector -> vector.hash())
                .hasSize(2);
        assertThat(written.hash()).isNotEqualTo("65695c5ac91ea035");
        assertThat(written.stateHash()).isNotEqualTo("d2109069c579ce4e");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sparse: [s]",
                "sparse: s",
                "sparse: [s, {field: t, hash: true}, {field: u, hash: false}]",
                "sparse: {field: s, hash: true}",
                "numeric: [s]"
            })
    void both_forms_of_this_version_are_read_back(String features) {
        ModelSpec spec = ModelSpec.parse("{name: m, label: y, features: {" + features + "}, loss: hinge}");
        assertThat(ModelSpec.parse(spec.toYaml())).isEqualTo(spec);
        assertThat(ModelSpec.parseStored(spec.toStored())).isEqualTo(spec);
        assertThat(ModelSpec.parseStored(spec.toYaml()))
                .as("users see what is stored")
                .isEqualTo(spec);
    }

    @Test
    void without_sparse_vectors_only_the_default_of_clamp_is_left_out() {
        ModelSpec spec = ModelSpec.parse("{name: m, label: y, features: {categorical: [c]}, loss: hinge}");
        assertThat(spec.toStored()).isEqualTo(spec.toYaml().replace("clamp: none\n", ""));
    }

    @Test
    void a_running_model_refuses_rows_and_the_message_says_how_to_keep_its_state() {
        ModelSpec running = ModelSpec.parseStored(STORED);
        String again = SpecCompatibility.refusal(running, ModelSpec.parse(STORED));
        assertThat(again)
                .contains(
                        "; features.sparse: s would move to other rows; {field: s, hash: true} keeps them (expected: ");
        assertThat(SpecCompatibility.misfit(running, ModelSpec.parse(STORED))).contains("{field: s, hash: true}");
        ModelSpec kept = ModelSpec.parse(STORED.replace("[s, u]", "[{field: s, hash: true}, {field: u, hash: true}]"));
        assertThat(SpecCompatibility.refusal(running, kept)).isNull();
        assertThat(SpecCompatibility.misfit(running, kept)).isNull();
    }

    @Test
    void fields_are_added_and_removed_as_long_as_the_others_keep_their_rows() {
        ModelSpec one = model("[s]");
        for (String more :
                List.of("[s, t]", "[s, {field: t, hash: true}]", "[{field: t, hash: true}, s]", "[s, t, u]")) {
            assertThat(SpecCompatibility.refusal(one, model(more))).as(more).isNull();
            assertThat(SpecCompatibility.refusal(model(more), one)).as(more).isNull();
        }
        assertThat(SpecCompatibility.refusal(model("[s, t, u]"), model("[s, u, t]")))
                .isNull();
        assertThat(SpecCompatibility.refusal(one, model("[t, s]")))
                .contains("features.sparse: s would move to other rows; the same first field keeps them");
        assertThat(SpecCompatibility.refusal(model("[s, t]"), model("[t]")))
                .contains("features.sparse: t would move to other rows; the same first field keeps them");
        assertThat(SpecCompatibility.refusal(one, model("[t]")))
                .contains(
                        "features.sparse: t would continue from the rows of s; {field: t, hash: true} gives it its own");
        assertThat(SpecCompatibility.refusal(one, model("[{field: t, hash: true}]")))
                .isNull();
        assertThat(SpecCompatibility.refusal(one, model("[{field: s, hash: true}]")))
                .contains("features.sparse: s would move to other rows; {field: s, hash: false} keeps them");
    }

    private static ModelSpec model(String sparse) {
        return ModelSpec.parse(
                "{name: m, label: y, features: {sparse: " + sparse + "}, loss: hinge, optimizer: {type: adagrad}}");
    }
}
