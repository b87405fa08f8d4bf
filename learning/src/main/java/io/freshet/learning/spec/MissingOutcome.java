package io.freshet.learning.spec;

import static io.freshet.learning.yaml.Names.fieldName;
import static io.freshet.learning.yaml.Names.text;

import io.freshet.learning.loss.Loss;
import io.freshet.learning.yaml.Field;
import io.freshet.learning.yaml.Mapping;
import io.freshet.learning.yaml.NameSuggestion;
import io.freshet.learning.yaml.Numbers;
import io.freshet.learning.yaml.ScalarOr;
import io.freshet.learning.yaml.Section;
import io.freshet.learning.yaml.SpecException;
import io.freshet.learning.yaml.Type;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The label of a request without outcomes.
 *
 * @param value null to emit no sample
 * @param exposure field of a request or of one of its outcomes that must be true for the label to count; null if it always counts
 */
public record MissingOutcome(
        @Nullable Label value, @Nullable String exposure) {
    private static final Label NEGATIVE = new Label(0, null);

    private static final Type<Label> TYPE = ScalarOr.of(
            Map.of("negative", Optional.of(NEGATIVE), "drop", Optional.empty()),
            Any.FIELDS,
            "negative, drop, {label: 0}");

    static final Section<MissingOutcome> FIELDS = Section.of(
                    MissingOutcome.class,
                    Field.of("missing", TYPE)
                            .or(
                                    in -> byDefault(in.get("loss", Loss.class)),
                                    "`negative` for two classes, otherwise `drop`"),
                    Field.of("exposure", fieldName())
                            .optional()
                            .check((in, name) -> in.find("missing", Label.class) == null
                                    ? "none beside missing: drop, which has no label to limit"
                                    : null))
            .means("""
                missing: Label of a request without outcomes: 0, or none, so that it gives no sample
                exposure: Field of a request or an outcome that must be true for `missing` to count; omitted, it always \
                counts
                """);

    /** Returns a number as the label; null to emit no sample. */
    public static MissingOutcome of(@Nullable Double label, @Nullable String exposure) {
        return new MissingOutcome(label == null ? null : new Label(label, null), exposure);
    }

    /** Returns a number; null to emit no sample. */
    public @Nullable Double label() {
        return value == null ? null : (Double) value.number;
    }

    private static @Nullable Label byDefault(Loss loss) {
        return loss.task().isBinary() ? NEGATIVE : null;
    }

    /**
     * A label.
     *
     * @param className null if labels are numbers
     */
    public record Label(double number, @Nullable String className) {
        static Label parse(Mapping in, String path, Object value) {
            List<String> classes = in.list("labels");
            if (classes.isEmpty()) {
                Type<Double> type = Numbers.number(number -> Math.abs(number) <= Float.MAX_VALUE, "a number");
                // Adding 0 makes 0 of -0, which is negative as well.
                return new Label(type.parse(in, path, value) + 0.0, null);
            }
            String name = text().parse(in, path, value);
            int number = classes.indexOf(name);
            if (number < 0) {
                throw SpecException.of(path, name, "a name of labels" + NameSuggestion.hint(name, classes));
            }
            return number == 0 ? NEGATIVE : new Label(number, name);
        }

        Object written() {
            return className == null ? (Object) number : className;
        }
    }

    /** Any other label, in a mapping. */
    private record Any(Label label) {
        private static final Section<Label> FIELDS = Section.of(
                        Any.class,
                        Field.of("label", Type.of("a number, or a name of labels", Label::parse, Label::written)))
                .means("""
                label: Any other label of a request without outcomes; with `labels`, the name of a class
                """)
                .as(Any::label, Any::new);
    }
}
