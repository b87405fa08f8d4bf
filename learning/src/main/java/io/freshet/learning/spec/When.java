package io.freshet.learning.spec;

import static io.freshet.learning.yaml.Names.fieldName;
import static io.freshet.learning.yaml.Names.values;

import io.freshet.learning.yaml.Field;
import io.freshet.learning.yaml.Mapping;
import io.freshet.learning.yaml.Section;
import io.freshet.learning.yaml.SpecException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The records of the topic that are a model's: those in which a field has one of some values, or those that have the field
 * at all. Other records are skipped.
 *
 * @param field of a record
 * @param texts that the field may equal; empty if it is compared with numbers, or need only exist
 * @param numbers that the field may equal; empty if it is compared with texts, or need only exist
 */
public record When(String field, List<String> texts, List<Double> numbers) {
    /** Each record is compared with up to all of them. */
    private static final int MAXIMUM_VALUES = 100;

    private static final double MAXIMUM_EXACT = 0x1p53 - 1;
    private static final String FORMS = "{field: ..., equals: ...}, or {exists: ...}";

    public static final Section<When> FIELDS = Section.of(
                    Form.class,
                    Field.of("exists", fieldName()).optional().check(When::pattern),
                    Field.of("field", fieldName()).optional().check(When::pattern),
                    Field.of("equals", values(MAXIMUM_VALUES)).optional())
            .means("""
                exists: [The records that are the model's](input-formats.md#several-models-on-one-topic): those that have \
                this field, neither null nor an empty text. The job skips other records. Without `when`, all records are \
                the model's
                field: Field that is compared with `equals`
                equals: Value that selects a record: a text is compared exactly, a number by value. Of a list, any value \
                selects it
                """)
            .as(Form::when, Form::of);

    public When {
        texts = List.copyOf(texts);
        numbers = List.copyOf(numbers);
    }

    /** Returns whether a record only needs to have the field. */
    public boolean exists() {
        return texts.isEmpty() && numbers.isEmpty();
    }

    private static @Nullable String pattern(Mapping in, String name) {
        return name.endsWith("*") ? "the name of one field" : null;
    }

    /** The fields in YAML: either the first or the two others. */
    private record Form(
            @Nullable String exists,
            @Nullable String field,
            @Nullable List<Object> equals) {
        static Form of(When when) {
            if (when.exists()) {
                return new Form(when.field, null, null);
            }
            List<Object> values = new ArrayList<>(when.texts);
            when.numbers.forEach(
                    number -> values.add(number == Math.rint(number) ? (Object) number.longValue() : number));
            return new Form(null, when.field, values);
        }

        When when() {
            if (exists != null && (field != null || equals != null)) {
                throw SpecException.of("when", "exists and " + (field != null ? "field" : "equals"), FORMS);
            }
            if (exists != null) {
                return new When(exists, List.of(), List.of());
            }
            if (field == null) {
                throw SpecException.of("when.field", "missing", FORMS);
            }
            if (equals == null) {
                throw SpecException.of(
                        "when.equals", "missing", values(MAXIMUM_VALUES).expected());
            }
            List<String> texts = new ArrayList<>();
            List<Double> numbers = new ArrayList<>();
            for (Object value : equals) {
                if (!(value instanceof Number number)) {
                    texts.add(value.toString());
                } else if (numbers.contains(exact(number))) {
                    throw SpecException.of("when.equals", number, "each value once");
                } else {
                    numbers.add(exact(number));
                }
            }
            if (!texts.isEmpty() && !numbers.isEmpty()) {
                throw SpecException.of("when.equals", equals, "only texts, or only numbers");
            }
            return new When(field, texts, numbers);
        }

        private static double exact(Number number) {
            // Adding 0 makes 0 of -0, which a record equals as well.
            double value = number.doubleValue() + 0.0;
            if (!(Math.abs(value) <= MAXIMUM_EXACT)) {
                throw SpecException.of("when.equals", number, "a number of magnitude below 2^53");
            }
            return value;
        }
    }
}
