package io.freshet.learning.spec;

import static io.freshet.learning.yaml.Names.fieldName;
import static io.freshet.learning.yaml.Names.fieldNameOrNames;
import static io.freshet.learning.yaml.Names.texts;

import io.freshet.learning.loss.Loss;
import io.freshet.learning.yaml.Field;
import io.freshet.learning.yaml.Mapping;
import io.freshet.learning.yaml.Part;
import io.freshet.learning.yaml.Section;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a record other than features.
 *
 * @param label number fields to predict, one vector field, or one text field
 * @param labelIsVector whether {@code label} is one vector field
 * @param labels names of the classes, in the order of their numbers, if the label is a text; otherwise empty
 * @param key text field; each of its values has a model of its own. Null for one model
 * @param weight number field with the importance of a sample; null for 1
 * @param samplingRate number field with the probability, in (0, 1], that the sample was kept; the sample counts 1 /
 *     samplingRate. Null for 1
 * @param id text field that identifies a sample; null for the id of the record
 */
public record FieldSpec(
        List<String> label,
        boolean labelIsVector,
        List<String> labels,
        @Nullable String key,
        @Nullable String weight,
        @Nullable String samplingRate,
        @Nullable String id) {
    public FieldSpec {
        label = List.copyOf(label);
        labels = List.copyOf(labels);
    }

    public static final Section<FieldSpec> FIELDS = Section.of(
                    FieldSpec.class,
                    Field.of("label", fieldNameOrNames())
                            .check((in, names) ->
                                    names.size() == 1 || names.size() == length(in) ? null : expected(length(in))),
                    Part.derived(in -> length(in) > 1 && in.list("label").size() == 1),
                    Field.of("labels", texts(), List.of()).omit(List::isEmpty),
                    Field.of("key", fieldName()).optional(),
                    Field.of("weight", fieldName()).optional(),
                    Field.of("samplingRate", fieldName()).optional(),
                    Field.of("id", fieldName()).optional())
            .means("""
                label: The field to predict: a number field; for several outputs, a list of them or one vector field; with \
                `labels`, a text field. No feature, key, or id may be the label or part of it
                labels: Names of the classes, if the label is a text: `[ham, spam]`, the second being label 1 of a \
                two-class loss, or one per class. `freshet train` and `compare` learn them from the input if they are not \
                given, in sorted order
                key: Text field of 1 to 1024 bytes; each of its values gets a model of its own. Without it, there is one \
                model
                weight: Number field, at least 0: the importance of a sample. Weight 2 equals the same sample twice in one \
                batch, but not with `scale-free` and `normalized-adagrad`. A sample of weight 0 is scored but not learned
                samplingRate: Number field in [1e-6, 1]: the probability with which the sample was kept. It counts 1 / \
                rate times its weight
                id: Text field whose hash selects held-out samples; without it, the record's own id
                """);

    private static int length(Mapping in) {
        return in.get("loss", Loss.class).labelLength(in.get("outputs", Integer.class));
    }

    private static String expected(int length) {
        return length == 1 ? "one field" : length + " fields, or one vector field of that length";
    }
}
