package io.freshet.learning.spec;

import io.freshet.learning.features.NumberedName;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.yaml.SpecException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rejects a specification whose features, key, or id include the label. Such a model would only copy its input. The weight
 * is not an input of the model and may be the label.
 *
 * <p>Fields are compared by content: the vector {@code y*} is the vector {@code y}, which consists of the columns {@code
 * y0}, {@code y1}, and so on.
 */
final class LabelLeakageCheck {
    private final List<String> label;
    private final boolean labelIsVector;

    private LabelLeakageCheck(FieldSpec fields) {
        label = fields.label();
        labelIsVector = fields.labelIsVector();
    }

    /** @throws SpecException if a feature, the key, or the id is the label or a part of it */
    static void check(ModelSpec spec) {
        FieldSpec fields = spec.fields();
        FeatureSpec features = spec.features();
        LabelLeakageCheck check = new LabelLeakageCheck(fields);
        features.numeric().forEach(name -> check.refuse("features.numeric", name, false));
        features.dense().forEach(vector -> check.refuse("features", vector.field(), true));
        features.textFields().forEach(name -> check.refuse("features", name, false));
        check.refuse("features", features.length(), false);
        check.refuse("key", fields.key(), false);
        check.refuse("id", fields.id(), false);
    }

    private void refuse(String path, @Nullable String name, boolean vector) {
        if (name != null && label.stream().anyMatch(of -> overlap(of, labelIsVector, name, vector))) {
            throw SpecException.of(path, name, "not the label");
        }
    }

    private static boolean overlap(String a, boolean aIsVector, String b, boolean bIsVector) {
        String first = aIsVector ? RowLayout.wireName(a) : a;
        String second = bIsVector ? RowLayout.wireName(b) : b;
        return first.equals(second)
                || aIsVector && RowLayout.isPrefix(a) && NumberedName.numberOf(second, first) >= 0
                || bIsVector && RowLayout.isPrefix(b) && NumberedName.numberOf(first, second) >= 0;
    }
}
