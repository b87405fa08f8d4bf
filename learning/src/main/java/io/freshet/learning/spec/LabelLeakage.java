package io.freshet.learning.spec;

import io.freshet.learning.features.NumberedName;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.yaml.SpecException;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rejects a specification whose features, key, or id include the label. Such a model would only copy its input. The weight
 * is not an input of the model and may be the label.
 *
 * <p>Fields are compared by content: the vector {@code y*} is the vector {@code y}, which consists of the columns {@code
 * y0}, {@code y1}, and so on.
 */
final class LabelLeakage {
    /** The label fields, of which there may be as many as features, or the vector of labels. */
    private final Set<String> labels = new HashSet<>();
    /** The prefixes of all vectors of columns that include a label field. */
    private final Set<String> prefixes = new HashSet<>();
    /** The prefix of the columns that are the label, or null if it is not such a vector. */
    private final @Nullable String columns;

    private LabelLeakage(FieldSpec fields) {
        String first = fields.label().get(0);
        columns = fields.labelIsVector() && RowLayout.isPrefix(first) ? RowLayout.wireName(first) : null;
        for (String label : fields.label()) {
            String name = fields.labelIsVector() ? RowLayout.wireName(label) : label;
            labels.add(name);
            prefixes.addAll(NumberedName.prefixes(name));
        }
    }

    /** @throws SpecException if a feature, the key, or the id is the label or a part of it */
    static void check(ModelSpec spec) {
        FieldSpec fields = spec.fields();
        FeatureSpec features = spec.features();
        LabelLeakage check = new LabelLeakage(fields);
        features.numeric().forEach(name -> check.refuse("features.numeric", name, false));
        features.dense().forEach(vector -> check.refuse("features", vector.field(), true));
        features.textFields().forEach(name -> check.refuse("features", name, false));
        check.refuse("features", features.length(), false);
        check.refuse("key", fields.key(), false);
        check.refuse("id", fields.id(), false);
    }

    private void refuse(String path, @Nullable String name, boolean vector) {
        if (name != null && isLabel(name, vector)) {
            throw SpecException.of(path, name, "not the label");
        }
    }

    private boolean isLabel(String field, boolean vector) {
        String name = vector ? RowLayout.wireName(field) : field;
        return labels.contains(name)
                || columns != null && NumberedName.numberOf(name, columns) >= 0
                || vector && RowLayout.isPrefix(field) && prefixes.contains(name);
    }
}
