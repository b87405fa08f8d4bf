package io.freshet.learning.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Would catch a field name that is read as another YAML value, or written as one. */
class FieldNamesYamlTest {
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
    void a_field_name_may_start_with_a_path_prefix() {
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
                .hasMessage("key: $. (expected: a path such as $.user.age)");
    }

    @Test
    void random_field_names_read_back_equal() {
        long seed = 20260108;
        SplittableRandom random = new SplittableRandom(seed);
        ModelSpec smallest = ModelSpec.parse(SpecYamlTest.SMALLEST);
        String letters = "ab AB01.:-#[]{},&*!|>'\"%@`?~\\\n\té日\0\u0007\u2028\ud83d\ude00";
        int[] points = letters.codePoints().toArray();
        for (int trial = 0; trial < 500; trial++) {
            StringBuilder name = new StringBuilder(random.nextBoolean() ? "x" : "");
            random.ints(random.nextInt(12), 0, points.length).forEach(i -> name.appendCodePoint(points[i]));
            name.append(random.nextInt(3) == 0 || name.toString().isBlank() ? "z" : "");
            ModelSpec spec = new ModelSpec(
                    "m",
                    smallest.fields(),
                    new Architecture(SpecYamlTest.numeric(name.toString()), smallest.model(), 1, smallest.loss()),
                    smallest.training(),
                    false,
                    random.nextLong(),
                    smallest.reporting(),
                    smallest.stream());
            assertThat(ModelSpec.parse(spec.toYaml()))
                    .as("seed %d, trial %d", seed, trial)
                    .isEqualTo(spec);
        }
    }
}
