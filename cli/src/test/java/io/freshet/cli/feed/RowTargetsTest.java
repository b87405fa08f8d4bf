package io.freshet.cli.feed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.input.RowFiles;
import io.freshet.cli.input.RowReader;
import io.freshet.learning.spec.ModelSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Would catch a row that a model loses for the sake of another model, which skips it or cannot learn it. */
class RowTargetsTest {
    private static final ModelSpec NUMBER = spec("number", "numeric: [x]");
    private static final ModelSpec OPTIONAL = spec("optional", "numeric: [x], missing: zero");
    private static final ModelSpec CATEGORY = spec("category", "categorical: [x], hashBits: 4");

    @TempDir
    Path directory;

    private static ModelSpec spec(String name, String features) {
        return ModelSpec.parse("name: " + name + "\nlabel: y\nloss: mean-squared-error\nfeatures: {" + features + "}");
    }

    private static ModelSpec when(ModelSpec spec, String when) {
        return ModelSpec.parse(spec.toYaml() + "\nwhen: " + when);
    }

    @Test
    void a_text_in_the_place_of_a_number_reaches_the_models_that_can_learn_it() throws Exception {
        assertThat(targets(List.of(NUMBER, OPTIONAL, CATEGORY), List.of(), "t,x,y", "a,1,1", "a,red,1", "a,NA,1"))
                .containsExactly("[] {}", "[category] {number, optional}", "[optional, category] {number}");
    }

    @Test
    void a_model_that_skips_a_row_rejects_none_of_it() throws Exception {
        ModelSpec a = when(NUMBER, "{field: t, equals: a}");
        assertThat(targets(List.of(a, CATEGORY), List.of(), "t,x,y", "b,red,1", "a,red,1"))
                .containsExactly("[] {}", "[category] {number}");
        assertThat(targets(List.of(a), List.of(), "t,x,y", "b,red,1")).containsExactly("[] {}");
    }

    @Test
    void the_presence_of_a_text_selects_a_row() throws Exception {
        ModelSpec present = when(CATEGORY, "{exists: t}");
        assertThat(targets(List.of(present), List.of("category"), "t,x,y", "a,red,1", ",red,1", "7,red,none"))
                .containsExactly("[category] {}", "[] {}", "[] {category}");
    }

    @Test
    void a_named_model_keeps_its_key_if_the_file_lacks_the_field_of_when() throws Exception {
        ModelSpec keyed = when(ModelSpec.parse(CATEGORY.toYaml() + "\nkey: k"), "{field: t, equals: a}");
        SampleRow row = SampleRow.of(List.of(keyed));
        Path file = Files.write(directory.resolve("rows.csv"), List.of("k,x,y", "JFK,red,1"));
        try (RowReader reader = RowFiles.of(List.of(file), null, null, "--input")
                .open(row.layout(), RowTargets.optional(List.of(keyed), List.of("category")))) {
            RowTargets targets = new RowTargets(List.of(keyed), List.of("category"), row, reader);
            assertThat(row.next(reader, 0)).isTrue();
            assertThat(targets.of(row.fields())).containsExactly("category");
            assertThat(targets.key(row.fields())).isEqualTo("JFK".getBytes(UTF_8));
        }
    }

    /** Returns the names of the receivers of each row, "" for all, and of the models that reject it. */
    private List<String> targets(List<ModelSpec> specs, List<String> named, String... lines) throws Exception {
        SampleRow row = SampleRow.of(specs);
        Path file = Files.write(directory.resolve("rows.csv"), List.of(lines));
        List<String> targets = new ArrayList<>();
        try (RowReader reader =
                RowFiles.of(List.of(file), null, null, "--input").open(row.layout())) {
            RowTargets of = new RowTargets(specs, named, row, reader);
            while (row.next(reader, 0)) {
                List<String> receivers = of.of(row.fields());
                targets.add(receivers + " {" + String.join(", ", of.rejections().keySet()) + "}");
            }
        }
        return targets;
    }
}
