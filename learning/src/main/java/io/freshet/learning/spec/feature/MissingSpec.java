package io.freshet.learning.spec.feature;

import io.freshet.learning.yaml.SpecException;
import io.freshet.learning.yaml.SpecNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The policy for each feature that a record may lack, and the texts that stand for a missing value.
 *
 * @param policy of all numeric and text features but {@code exceptions}
 * @param exceptions other policies by field, sorted
 * @param values texts that stand for a missing number or time, and for a missing text as well; null for {@link #USUAL_VALUES}, which
 *     never stand for a missing text, since NA may be a country
 */
public record MissingSpec(
        MissingPolicy policy,
        Map<String, MissingPolicy> exceptions,
        @Nullable List<String> values) {
    public static final MissingSpec REJECT = new MissingSpec(MissingPolicy.REJECT, Map.of(), null);

    /** The texts that stand for a missing number unless a specification lists others; the empty text always does. */
    public static final List<String> USUAL_VALUES = List.of("NA", "NaN", "null", "None", "?", "-");

    private static final String VALUES = "values";
    /** A row keeps no more of a text in the place of a number. */
    private static final int LONGEST_VALUE = 40;

    private static final int MAXIMUM_VALUES = 100;

    public MissingSpec {
        values = values == null ? null : List.copyOf(values);
        Map<String, MissingPolicy> different = new TreeMap<>(exceptions);
        MissingPolicy common = policy;
        different.values().removeIf(each -> each == common);
        exceptions = Collections.unmodifiableMap(different);
    }

    /**
     * Reads the policies.
     *
     * @param numbers numeric features
     * @param texts text fields of hashed features
     */
    public static MissingSpec read(SpecNode node, Collection<String> numbers, Collection<String> texts) {
        MissingPolicy policy = node.oneOf("default", MissingPolicy.REJECT.label(), MissingPolicy.BY_NAME);
        Set<String> numeric = new LinkedHashSet<>(numbers);
        Set<String> fields = new LinkedHashSet<>(numeric);
        fields.addAll(texts);
        Map<String, MissingPolicy> exceptions = node.oneOfEach("fields", fields, MissingPolicy.BY_NAME);
        List<String> values = node.texts(VALUES, USUAL_VALUES);
        node.end();
        exceptions.forEach((field, each) -> {
            if (!numeric.contains(field) && (each == MissingPolicy.MEAN || each == MissingPolicy.ZERO)) {
                throw SpecException.of(
                        node.path("fields") + "." + field,
                        each.label(),
                        "reject, or indicator, since an absent text is a value of its own");
            }
        });
        MissingSpec missing = new MissingSpec(policy, exceptions, node.has(VALUES) ? checked(node, values) : null);
        if (missing.values != null && missing.policy == MissingPolicy.REJECT && missing.exceptions.isEmpty()) {
            throw SpecException.of(
                    node.path(VALUES), values, "none, since no feature may be missing; default or fields allows it");
        }
        return missing;
    }

    private static List<String> checked(SpecNode node, List<String> values) {
        if (values.size() > MAXIMUM_VALUES) {
            throw SpecException.of(node.path(VALUES), values.size() + " texts", "up to " + MAXIMUM_VALUES);
        }
        for (int i = 0; i < values.size(); i++) {
            String value = values.get(i);
            if (value.length() > LONGEST_VALUE || !value.equals(value.strip()) || isNumber(value)) {
                throw SpecException.of(
                        node.path(VALUES) + "[" + i + "]",
                        value,
                        "a text of up to " + LONGEST_VALUE
                                + " characters that is not a number, without blanks around it");
            }
        }
        return values;
    }

    /** NaN is a text here: formats of records have no such number, or read it as missing anyway. */
    private static boolean isNumber(String value) {
        try {
            return Double.isFinite(Double.parseDouble(value));
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /** Returns the name of the policy, or a mapping if there are exceptions or values. */
    public Object write() {
        if (exceptions.isEmpty() && values == null) {
            return policy.label();
        }
        Map<String, Object> mapping = new TreeMap<>();
        mapping.put("default", policy.label());
        if (!exceptions.isEmpty()) {
            Map<String, String> fields = new TreeMap<>();
            exceptions.forEach((field, each) -> fields.put(field, each.label()));
            mapping.put("fields", fields);
        }
        if (values != null) {
            mapping.put(VALUES, new ArrayList<>(values));
        }
        return mapping;
    }

    /** Returns the same policies with the usual texts. */
    public MissingSpec withoutValues() {
        return new MissingSpec(policy, exceptions, null);
    }

    /** Returns the texts that stand for a missing number or time. */
    public List<String> numberValues() {
        return values == null ? USUAL_VALUES : values;
    }

    /** Returns the texts that stand for a missing text. */
    public List<String> textValues() {
        return values == null ? List.of() : values;
    }

    /** Returns the policy of a field. */
    public MissingPolicy of(String field) {
        return exceptions.getOrDefault(field, policy);
    }

    /** Returns whether a sample may lack the field. */
    public boolean allows(String field) {
        return of(field) != MissingPolicy.REJECT;
    }
}
