package io.freshet.cli.input;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.learning.encode.SparsePairs;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.schemas.sample.Excerpt;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Decodes LIBSVM text, {@code label index:value index:value ... # comment}. A row has a number field {@code label}, and a
 * sparse vector {@code features}; or a text of the pairs, if a model reads it as a text.
 *
 * <p>Empty lines and comment lines are skipped.
 */
final class LibsvmRow implements LineRowReader.Decoder {
    static final String LABEL = "label";
    static final String FEATURES = "features";

    private final int label;
    private final int features;
    private final boolean sparse;
    private final char[] number = new char[64];

    LibsvmRow(Path file, RowLayout layout, Set<String> optional) throws InputException {
        check(file, layout.numbers(), LABEL, optional);
        check(file, layout.texts(), FEATURES, optional);
        if (!layout.vectors().isEmpty()) {
            throw unknown(file, "vector " + layout.vectors().get(0));
        }
        label = layout.number(LABEL);
        features = layout.text(FEATURES);
        sparse = layout.sparse().contains(FEATURES);
    }

    private static void check(Path file, List<String> fields, String known, Set<String> optional)
            throws InputException {
        for (String field : fields) {
            if (!field.equals(known) && !optional.contains(field)) {
                throw unknown(file, "field " + field);
            }
        }
    }

    private static InputException unknown(Path file, String field) {
        return new InputException(
                file,
                "no " + field + " (expected: only the fields of LIBSVM: a number " + LABEL + " and a text " + FEATURES
                        + ", listed under features.sparse)");
    }

    @Override
    public boolean isRow(byte[] line, int length) {
        return line[skipBlanks(line, 0, length)] != '#';
    }

    @Override
    public void decode(byte[] bytes, int length, Row target) throws InvalidSampleException {
        int to = endOfPairs(bytes, length);
        int from = skipBlanks(bytes, 0, to);
        int labelEnd = from;
        while (labelEnd < to && !blank(bytes[labelEnd])) {
            labelEnd++;
        }
        double value = parse(bytes, from, labelEnd);
        if (!(Math.abs(value) <= Double.MAX_VALUE)) {
            String text = new String(bytes, from, labelEnd - from, UTF_8);
            throw InvalidSampleException.of(LABEL, Excerpt.of(text), InvalidSampleException.expectedNumber(value));
        }
        target.clear(bytes);
        if (label >= 0) {
            target.number(label, value);
        }
        if (sparse) {
            readPairs(target, bytes, labelEnd, to);
        } else if (features >= 0) {
            target.text(features, skipBlanks(bytes, labelEnd, to), to);
        }
    }

    private void readPairs(Row target, byte[] bytes, int from, int to) throws InvalidSampleException {
        SparsePairs pairs = new SparsePairs(FEATURES, bytes, from, to);
        int length = 0;
        target.sparse(features, 0);
        while (pairs.next()) {
            target.sparse(features, length + 1);
            target.sparseIndices(features)[length] = pairs.index();
            target.sparseValues(features)[length++] = pairs.value();
        }
    }

    /** Returns the end of the pairs, and replaces tabs with spaces. */
    private static int endOfPairs(byte[] bytes, int length) {
        int to = 0;
        while (to < length && bytes[to] != '#') {
            if (bytes[to] == '\t') {
                bytes[to] = ' ';
            }
            to++;
        }
        while (to > 0 && bytes[to - 1] == ' ') {
            to--;
        }
        return to;
    }

    private double parse(byte[] bytes, int from, int to) {
        if (to - from > number.length) {
            return Double.NaN;
        }
        for (int i = from; i < to; i++) {
            number[i - from] = (char) (bytes[i] & 0xff);
        }
        return DecimalText.parse(number, 0, to - from);
    }

    private static int skipBlanks(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && blank(bytes[at])) {
            at++;
        }
        return at;
    }

    private static boolean blank(byte b) {
        return b == ' ' || b == '\t';
    }
}
