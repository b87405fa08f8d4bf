package io.freshet.learning.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.tuple;

import io.freshet.learning.optimizer.Adam;
import io.freshet.learning.optimizer.RmsProp;
import io.freshet.learning.optimizer.Sgd;
import io.freshet.learning.yaml.SpecException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Would catch a variant that changes more or fewer fields than it reports. */
class SpecVariantsTest {
    private static final String YAML = """
            name: delays
            label: late
            weight: w
            features: {numeric: [a, b], categorical: ["7", "no"], cross: [["7", "no"]], hashBits: 4}
            loss: binary-cross-entropy
            optimizer: {type: rmsprop, learningRate: 0.25, decay: 0.5, epsilon: 1e-8}
            batch: {size: 8}
            """;

    @Test
    void varies_fields_of_a_short_form() {
        String yaml =
                YAML.replaceAll("(?m)^optimizer:.*\n", "optimizer: adam\n").replace("batch: {size: 8}", "batch: 8");
        List<SpecVariants.Variant> variants = SpecVariants.of(
                        yaml, List.of("optimizer.beta1=0.8,0.95", "batch.maxDelayMillis=5", "batch=16"))
                .variants();
        assertThat(variants)
                .extracting(variant -> variant.spec().optimizer())
                .containsExactly(new Adam(0.8, 0.999, 1e-8), new Adam(0.95, 0.999, 1e-8));
        assertThat(variants)
                .extracting(variant -> variant.spec().training().batch())
                .containsOnly(new TrainingSpec.BatchSpec(16, 5));
    }

    @Test
    void the_short_form_varies_the_type_and_keeps_the_learning_rate() {
        List<ModelSpec> specs = specs("optimizer=sgd,rmsprop");
        assertThat(specs).extracting(ModelSpec::name).containsExactly("delays.sgd", "delays.rmsprop");
        assertThat(specs)
                .extracting(variant -> variant.training().learningRate())
                .containsExactly(0.25, 0.25);
        assertThat(specs.get(0).optimizer()).isEqualTo(new Sgd());
        assertThat(specs.get(1).optimizer()).as("the type of the specification").isEqualTo(new RmsProp(0.5, 1e-8));
        assertThat(specs("optimizer.type=sgd,rmsprop")).isEqualTo(specs);
        assertThat(SpecVariants.of(YAML, List.of("optimizer=sgd")).name()).isEqualTo("delays");
    }

    @Test
    void another_type_starts_with_its_own_defaults() {
        String sgd = YAML.replace("type: rmsprop, learningRate: 0.25, decay: 0.5, epsilon: 1e-8", "learningRate: 0.5");
        ModelSpec spec = SpecVariants.of(sgd, List.of("optimizer=rmsprop"))
                .variants()
                .get(0)
                .spec();
        assertThat(spec.optimizer()).isEqualTo(new RmsProp(0.9, 1e-8));
        assertThat(spec.training().learningRate()).isEqualTo(0.5);
    }

    @Test
    void a_type_without_a_learning_rate_does_not_keep_it() {
        ModelSpec spec = specs("optimizer=sgd,scale-free").get(1);
        assertThat(spec.optimizer().name()).isEqualTo("scale-free");
    }

    @Test
    void keeps_all_fields_that_do_not_vary() {
        ModelSpec alone = ModelSpec.parse(
                YAML.replace("name: delays", "name: delays.learningRate-0.01").replace("0.25", "0.01"));
        assertThat(specs("optimizer.learningRate=0.01,1e-8").get(0)).isEqualTo(alone);
        assertThat(specs("optimizer.learningRate=0.01,1e-8"))
                .extracting(ModelSpec::name)
                .containsExactly("delays.learningRate-0.01", "delays.learningRate-1e-8");
    }

    @Test
    void several_variations_yield_every_combination_with_the_last_changing_fastest() {
        List<SpecVariants.Variant> variants = SpecVariants.of(YAML, List.of("optimizer=sgd,rmsprop", "batch.size=1,32"))
                .variants();
        assertThat(variants)
                .extracting(variant -> variant.spec().name())
                .containsExactly(
                        "delays.sgd.size-1", "delays.sgd.size-32", "delays.rmsprop.size-1", "delays.rmsprop.size-32");
        assertThat(variants)
                .extracting(variant -> variant.spec().training().batch().size())
                .containsExactly(1, 32, 1, 32);
        assertThat(variants.get(1).values()).containsExactly(entry("optimizer.type", "sgd"), entry("batch.size", 32));
    }

    @Test
    void sets_a_type_before_the_fields_next_to_it_in_any_order() {
        String sgd = YAML.replace("type: rmsprop, learningRate: 0.25, decay: 0.5, epsilon: 1e-8", "learningRate: 0.5");
        assertThat(SpecVariants.of(sgd, List.of("optimizer.decay=0.1,0.2", "optimizer=rmsprop"))
                        .variants())
                .extracting(variant -> variant.spec().optimizer())
                .containsExactly(new RmsProp(0.1, 1e-8), new RmsProp(0.2, 1e-8));
    }

    @Test
    void commas_within_yaml_values_do_not_separate_values() {
        List<ModelSpec> specs = specs("optimizer={type: sgd, learningRate: 0.05},{type: rmsprop, decay: 0.75}");
        assertThat(specs)
                .extracting(ModelSpec::name)
                .containsExactly("delays.sgd-learningRate-0.05", "delays.rmsprop-decay-0.75");
        assertThat(specs)
                .extracting(variant -> variant.training().learningRate())
                .containsExactly(0.05, 0.01);
        assertThat(specs("features.numeric=[a],[a, \"b,c\"]"))
                .extracting(ModelSpec::name, spec -> spec.features().numeric())
                .containsExactly(
                        tuple("delays.numeric-a", List.of("a")), tuple("delays.numeric-a-b-c", List.of("a", "b,c")));
    }

    @Test
    void null_removes_a_field_and_a_missing_mapping_is_created() {
        assertThat(specs("weight=w,null"))
                .extracting(spec -> spec.fields().weight())
                .containsExactly("w", null);
        assertThat(specs("evaluation.window=5")).extracting(ModelSpec::window).containsExactly(5);
    }

    @Test
    void names_are_short_and_unique() {
        String text = "x".repeat(120);
        assertThat(specs("label=" + text + "1," + text + "2"))
                .extracting(ModelSpec::name)
                .containsExactly("delays." + "x".repeat(93), "delays." + "x".repeat(91) + "-2");
        assertThat(specs("label=\"a b\",a/b"))
                .extracting(ModelSpec::name)
                .containsExactly("delays.a-b", "delays.a-b-2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "optimizer=sgd,adagarb | delays.adagarb: optimizer.type: adagarb (expected: one of",
                "optimizer.decay=0.5,1.5 | delays.decay-1.5: optimizer.decay: 1.5 (expected: in [0, 1))",
                "optimiser=sgd | delays.sgd: optimiser: unknown field (expected: optimizer?)",
                "batch.size.x=1 | delays.x-1: batch.size: 8 (expected: a mapping {field: value})",
                "label.x=1 | delays.x-1: label: late (expected: a mapping {field: value})",
                "optimizer=sgd,sgd | optimizer: sgd (expected: each value once)",
                "batch.size=[1 | batch.size: [1 (expected: YAML values with commas between them)",
                "batch.size= | batch.size: no value (expected: path=value,value,...)",
                "batch..size=1 | batch..size=1 (expected: path=value,value,...)",
                "optimizer | optimizer (expected: path=value,value,...)",
                "name=a,b | name: cannot vary (expected: another field",
            })
    void errors_name_the_variant_and_the_path(String variation, String message) {
        assertThatThrownBy(() -> specs(variation))
                .isInstanceOf(SpecException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void rejects_a_repeated_path_and_too_many_variants() {
        assertThatThrownBy(() -> specs("optimizer=sgd", "optimizer.type=rmsprop"))
                .hasMessage("optimizer.type: varies twice (expected: each path once)");
        assertThatThrownBy(() -> specs("seed=1,2,3,4,5,6,7", "batch.size=1,2,3,4,5"))
                .hasMessage("35 variants (expected: up to 32)");
        assertThatThrownBy(() -> specs()).hasMessageStartingWith("no variation");
    }

    @Test
    void reports_an_invalid_specification_as_usual() {
        assertThatThrownBy(() -> SpecVariants.of("- a", List.of("seed=1"))).hasMessageContaining("not a mapping");
        assertThatThrownBy(() -> SpecVariants.of("label: a", List.of("seed=1")))
                .hasMessageContaining("name: missing (expected: a text)");
    }

    private static List<ModelSpec> specs(String... variations) {
        return SpecVariants.of(YAML, Arrays.asList(variations)).variants().stream()
                .map(SpecVariants.Variant::spec)
                .toList();
    }
}
