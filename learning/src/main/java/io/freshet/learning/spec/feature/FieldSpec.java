package io.freshet.learning.spec.feature;

import io.freshet.learning.yaml.SpecException;
import io.freshet.learning.yaml.SpecNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    /**
     * @param labels names of the classes
     * @param labelLength length of a label of the loss
     */
    public static FieldSpec read(SpecNode root, List<String> labels, int labelLength) {
        List<String> label = root.nameOrNames("label");
        boolean vector = labelLength > 1 && label.size() == 1;
        if (!vector && label.size() != labelLength) {
            throw SpecException.of(
                    "label",
                    label,
                    labelLength == 1 ? "one field" : labelLength + " fields, or one vector field of that length");
        }
        return new FieldSpec(
                label,
                vector,
                labels,
                root.optionalFieldName("key"),
                root.optionalFieldName("weight"),
                root.optionalFieldName("samplingRate"),
                root.optionalFieldName("id"));
    }

    public Map<String, Object> write() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("label", label.size() == 1 ? label.get(0) : new ArrayList<>(label));
        if (!labels.isEmpty()) {
            fields.put("labels", new ArrayList<>(labels));
        }
        put(fields, "key", key);
        put(fields, "weight", weight);
        put(fields, "samplingRate", samplingRate);
        put(fields, "id", id);
        return fields;
    }

    private static void put(Map<String, Object> fields, String name, @Nullable String value) {
        if (value != null) {
            fields.put(name, value);
        }
    }
}
