package io.freshet.learning.spec;

import io.freshet.learning.yaml.Field;
import io.freshet.learning.yaml.Mapping;
import io.freshet.learning.yaml.Names;
import io.freshet.learning.yaml.Section;
import io.freshet.learning.yaml.SpecException;
import io.freshet.learning.yaml.Type;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
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

    /** A row keeps no more of a text in the place of a number. */
    private static final int LONGEST_VALUE = 40;

    private static final int MAXIMUM_VALUES = 100;

    private static final Type<MissingPolicy> POLICY = Names.oneOf(MissingPolicy.class);

    private static final Type<String> FIELD = Names.fieldName();

    public static final Section<MissingSpec> FIELDS = Section.of(
                    MissingSpec.class,
                    Field.of("default", POLICY, MissingPolicy.REJECT),
                    Field.of(
                            "fields",
                            Type.of(
                                    "a mapping {field: value}, each value like `default`",
                                    MissingSpec::exceptions,
                                    MissingSpec::written),
                            Map.of()),
                    Field.of("values", Type.of(Names.texts().expected(), MissingSpec::values))
                            .or(in -> null, "`" + USUAL_VALUES + "`")
                            .check(MissingSpec::withoutPolicy)
                            .keepsState())
            .means("""
                default: What becomes of a sample without a numeric or text feature: it is rejected, or [the feature is \
                filled in](learning.md#missing-features). Short form: `missing: mean`
                fields: Other policies for some of the features, by field; a text feature has `reject` or `indicator`
                values: Texts that [stand for a missing number or time](learning.md#words-for-missing-values), in either \
                case; the empty text always does. If they are listed, also for a missing text
                """)
            .bareBy("default");

    public MissingSpec {
        values = values == null ? null : List.copyOf(values);
        Map<String, MissingPolicy> different = new TreeMap<>(exceptions);
        MissingPolicy common = policy;
        different.values().removeIf(each -> each == common);
        exceptions = Collections.unmodifiableMap(different);
    }

    /** Reads the policies by feature. */
    private static Map<String, MissingPolicy> exceptions(Mapping in, String path, Object value) {
        if (!(value instanceof Map<?, ?> given)) {
            throw SpecException.of(path, value, "a mapping {field: value}");
        }
        Map<String, Object> named = byField(path, given);
        Mapping policies = Mapping.of(path, named);
        Set<String> numbers = new HashSet<>(in.list("numeric"));
        Set<String> features = new LinkedHashSet<>(in.list("numeric"));
        features.addAll(FeatureSpec.textFields(in));
        policies.rejectAllBut(features);
        Map<String, MissingPolicy> exceptions = new TreeMap<>();
        for (String feature : features) {
            Object name = named.get(feature);
            if (name != null) {
                MissingPolicy policy = POLICY.parse(policies, policies.path(feature), name);
                if (!numbers.contains(feature) && (policy == MissingPolicy.MEAN || policy == MissingPolicy.ZERO)) {
                    throw SpecException.of(
                            policies.path(feature),
                            name,
                            "reject, or indicator, since an absent text is a value of its own");
                }
                exceptions.put(feature, policy);
            }
        }
        return exceptions;
    }

    /** Returns the values by the names that the features have: YAML reads 7 and true as others than texts. */
    private static Map<String, Object> byField(String path, Map<?, ?> given) {
        Map<String, Object> named = new LinkedHashMap<>();
        given.forEach((field, policy) -> {
            String name = FIELD.parse(Mapping.of(path, given), path, field == null ? "" : field);
            if (policy != null && named.put(name, policy) != null) {
                throw SpecException.of(path + "." + name, policy, "each field once");
            }
        });
        return named;
    }

    private static Object written(Map<String, MissingPolicy> exceptions) {
        Map<String, Object> labels = new TreeMap<>();
        exceptions.forEach((field, policy) -> labels.put(field, POLICY.write(policy)));
        return labels;
    }

    private static List<String> values(Mapping in, String path, Object value) {
        List<String> values =
                Names.atMost(MAXIMUM_VALUES, "texts", Names.texts()).parse(in, path, value);
        for (int i = 0; i < values.size(); i++) {
            String each = values.get(i);
            if (each.length() > LONGEST_VALUE || !each.equals(each.strip()) || isNumber(each)) {
                throw SpecException.of(
                        path + "[" + i + "]",
                        each,
                        "a text of up to " + LONGEST_VALUE
                                + " characters that is not a number, without blanks around it");
            }
        }
        return values;
    }

    private static @Nullable String withoutPolicy(Mapping in, List<String> values) {
        MissingPolicy policy = in.get("default", MissingPolicy.class);
        Collection<?> exceptions = in.get("fields", Map.class).values();
        return policy == MissingPolicy.REJECT && exceptions.stream().allMatch(policy::equals)
                ? "none, since no feature may be missing; default or fields allows it"
                : null;
    }

    /** NaN is a text here: formats of records have no such number, or read it as missing anyway. */
    private static boolean isNumber(String value) {
        try {
            return Double.isFinite(Double.parseDouble(value));
        } catch (NumberFormatException e) {
            return false;
        }
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
