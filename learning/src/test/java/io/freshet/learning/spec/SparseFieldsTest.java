package io.freshet.learning.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch sparse fields that lose their form when a specification is written, and ones that move to other rows. */
class SparseFieldsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "sparse: [s]",
                "sparse: s",
                "sparse: [s, {field: t, hash: true}, {field: u, hash: false}]",
                "sparse: {field: s, hash: true}",
                "numeric: [s]"
            })
    void rows_and_hashes_are_read_back(String features) {
        ModelSpec spec = ModelSpec.parse("{name: m, label: y, features: {" + features + "}, loss: hinge}");
        assertThat(ModelSpec.parse(spec.toYaml())).isEqualTo(spec);
    }

    @Test
    void a_name_alone_has_rows_of_its_own() {
        assertThat(model("[s]")).isEqualTo(model("[{field: s, hash: false}]"));
        assertThat(model("[s]").stateHash())
                .isNotEqualTo(model("[{field: s, hash: true}]").stateHash());
    }

    @Test
    void a_running_model_refuses_rows_and_the_message_says_how_to_keep_its_state() {
        ModelSpec running = model("[{field: s, hash: true}, {field: u, hash: true}]");
        String refusal = "; features.sparse: s would move to other rows; {field: s, hash: true} keeps them (expected: ";
        assertThat(SpecCompatibility.refusal(running, model("[s, u]"))).contains(refusal);
        assertThat(SpecCompatibility.misfit(running, model("[s, u]"))).contains("{field: s, hash: true}");
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
