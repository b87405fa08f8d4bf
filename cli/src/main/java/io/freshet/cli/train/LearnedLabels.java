package io.freshet.cli.train;

import io.freshet.cli.input.Format;
import io.freshet.cli.input.InputException;
import io.freshet.cli.input.RowFiles;
import io.freshet.cli.input.RowReader;
import io.freshet.learning.encode.MissingWords;
import io.freshet.learning.encode.RowSelector;
import io.freshet.learning.features.InputFields;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.Rules;
import io.freshet.learning.yaml.SpecException;
import io.freshet.learning.yaml.YamlDocument;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The names of the classes that a specification omits, learned from the labels of its input: all different ones, sorted,
 * so that the same rows always give the same specification. Labels are names if the first one is not a number.
 *
 * @param yaml the specification, with the names
 * @param names empty if the specification lists them, or if labels are numbers
 */
record LearnedLabels(String yaml, List<String> names) {
    private static final int MAXIMUM_NAMES = 10_000;
    private static final int SHOWN_NAMES = 20;

    /** @throws InputException if the input cannot be read, or if the names do not fit the loss */
    static LearnedLabels of(String yaml, RowFiles files) throws IOException {
        LearnedLabels none = new LearnedLabels(yaml, List.of());
        if (files.format() == Format.LIBSVM || !(load(yaml) instanceof Map<?, ?> document)) {
            return none;
        }
        ModelSpec ofTwo = ofTwoClasses(document);
        if (ofTwo == null || !areNames(ofTwo, files)) {
            return none;
        }
        Map<Object, Object> named = new LinkedHashMap<>(document);
        List<String> names = List.copyOf(read(ofTwo, files));
        named.put("labels", names);
        LearnedLabels learned = new LearnedLabels(YamlDocument.write(named), names);
        int classes = ofTwo.loss().task().isBinary() ? 2 : outputs(document, names.size());
        if (names.size() != classes || classes < 2) {
            throw new InputException(files + ": " + ofTwo.label() + ": " + learned.text()
                    + " (expected: numbers, or the names of " + Math.max(classes, 2) + " classes"
                    + remedy(ofTwo.loss().task().isBinary(), names.size(), classes) + ")");
        }
        return learned;
    }

    /** Returns the remedy for more classes than there are outputs, or "". */
    private static String remedy(boolean binary, int names, int classes) {
        return names <= classes ? "" : Rules.remedy(binary, names);
    }

    /** Returns the number of classes that a document specifies. */
    private static int outputs(Map<?, ?> document, int unspecified) {
        return document.get("outputs") instanceof Integer outputs ? outputs : unspecified;
    }

    /** An invalid document is reported where the specification is parsed. */
    private static Object load(String yaml) {
        try {
            return YamlDocument.load(yaml);
        } catch (SpecException e) {
            return "";
        }
    }

    /** Returns the specification with the names of two classes; null if it has names, or would be invalid with these. */
    private static @Nullable ModelSpec ofTwoClasses(Map<?, ?> document) {
        if (document.containsKey("labels")) {
            return null;
        }
        Map<Object, Object> two = new LinkedHashMap<>(document);
        two.remove("outputs");
        two.put("labels", List.of("a", "b"));
        try {
            return ModelSpec.parse(YamlDocument.write(two));
        } catch (SpecException e) {
            return null;
        }
    }

    /**
     * Returns whether the first label is a text that is not a number. Words such as {@code NA} decide nothing, since they may be
     * missing numbers.
     */
    private static boolean areNames(ModelSpec spec, RowFiles files) throws IOException {
        RowLayout number = new RowLayout(List.of(spec.label()), List.of());
        RowLayout text = labels(spec);
        RowSelector selector = RowSelector.of(spec, text);
        int place = text.text(spec.label());
        Row numberRow = new Row(number);
        Row textRow = new Row(text);
        try (RowReader numbers = files.open(number);
                RowReader texts = files.open(text)) {
            long before;
            do {
                before = texts.row();
                boolean hasNumber = isValid(numbers, numberRow) && numberRow.hasNumber(0);
                boolean selected = isValid(texts, textRow) && selector.selects(textRow);
                if (selected && (hasNumber || isName(textRow, place))) {
                    return !hasNumber;
                }
            } while (texts.row() > before);
            return false;
        } catch (InputException e) {
            // The label is a vector of several columns, or the file is unusable, which is reported together with other
            // fields.
            return false;
        }
    }

    private static SortedSet<String> read(ModelSpec spec, RowFiles files) throws IOException {
        RowLayout layout = labels(spec);
        RowSelector selector = RowSelector.of(spec, layout);
        int place = layout.text(spec.label());
        Row row = new Row(layout);
        SortedSet<String> names = new TreeSet<>();
        try (RowReader reader = files.open(layout)) {
            long before;
            do {
                before = reader.row();
                if (isValid(reader, row)
                        && selector.selects(row)
                        && hasName(row, place)
                        && names.add(row.text(place))
                        && names.size() > MAXIMUM_NAMES) {
                    throw new InputException(files + ": " + spec.label() + ": more than " + MAXIMUM_NAMES
                            + " different labels (expected: the name of a class)");
                }
            } while (reader.row() > before);
        }
        return names;
    }

    /** Returns the layout of the label, as a text, and of the field that selects the model's rows. */
    private static RowLayout labels(ModelSpec spec) {
        return RowLayout.of(List.of(new Label(spec.label()), RowSelector.fields(spec)));
    }

    private record Label(String field) implements InputFields {
        @Override
        public List<String> numberFields() {
            return List.of();
        }

        @Override
        public List<String> textFields() {
            return List.of(field);
        }

        @Override
        public List<String> vectorFields() {
            return List.of();
        }
    }

    /** Reads the next row; returns whether there is one, and it is valid. An invalid one will be rejected as a sample. */
    private static boolean isValid(RowReader reader, Row row) throws IOException {
        try {
            return reader.next(row);
        } catch (InvalidSampleException e) {
            return false;
        }
    }

    private static boolean isName(Row row, int place) {
        return hasName(row, place) && !MissingWords.isUsual(row.text(place).strip());
    }

    private static boolean hasName(Row row, int place) {
        return row.hasText(place) && row.textTo(place) > row.textFrom(place);
    }

    /** Returns the names for people, not more than a line of them. */
    String text() {
        String shown = String.join(", ", names.subList(0, Math.min(SHOWN_NAMES, names.size())));
        return names.size() > SHOWN_NAMES ? shown + ", ... (" + names.size() + " in all)" : shown;
    }
}
