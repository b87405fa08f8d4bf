package io.freshet.learning.spec.feature;

import io.freshet.learning.yaml.SpecException;
import io.freshet.learning.yaml.SpecNode;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The policy for each feature that a record may lack.
 *
 * @param policy of all numeric and text features but {@code exceptions}
 * @param exceptions other policies by field, sorted
 */
public record MissingSpec(MissingPolicy policy, Map<String, MissingPolicy> exceptions) {
    public static final MissingSpec REJECT = new MissingSpec(MissingPolicy.REJECT, Map.of());

    public MissingSpec {
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
        node.end();
        exceptions.forEach((field, each) -> {
            if (!numeric.contains(field) && (each == MissingPolicy.MEAN || each == MissingPolicy.ZERO)) {
                throw SpecException.of(
                        node.path("fields") + "." + field,
                        each.label(),
                        "reject, or indicator, since an absent text is a value of its own");
            }
        });
        return new MissingSpec(policy, exceptions);
    }

    /** Returns the name of the policy, or a mapping if there are exceptions. */
    public Object write() {
        if (exceptions.isEmpty()) {
            return policy.label();
        }
        Map<String, String> fields = new TreeMap<>();
        exceptions.forEach((field, each) -> fields.put(field, each.label()));
        Map<String, Object> mapping = new TreeMap<>();
        mapping.put("default", policy.label());
        mapping.put("fields", fields);
        return mapping;
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
