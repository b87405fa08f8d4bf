package io.freshet.cli.input;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The format of a file of rows. */
public enum Format {
    /** Values separated by commas or another delimiter, with a header line. */
    CSV("csv", List.of("csv", "tsv")),
    /** {@code label index:value index:value ...}. */
    LIBSVM("libsvm", List.of("svm", "libsvm")),
    /** One JSON object per line. */
    JSON_LINES("jsonl", List.of("jsonl", "ndjson")),
    /** A columnar file; see {@link ParquetRowReader}. */
    PARQUET("parquet", List.of("parquet"));

    private static final String LIBSVM_PAIR = "[ \\t]+\\w+:[-+.\\w]+";

    /** A label with one pair and nothing else, or with two and anything: lines may be longer than what is read of them. */
    private static final Pattern LIBSVM_LINE = Pattern.compile(
            "[-+.\\w]+" + LIBSVM_PAIR + "(?:" + LIBSVM_PAIR + "(?=[ \\t\\r\\n#]|$)|[ \\t\\r]*(?:[\\n#]|$))");

    private final String label;
    private final List<String> extensions;

    Format(String label, List<String> extensions) {
        this.label = label;
        this.extensions = extensions;
    }

    /**
     * Returns the format with the given label, or by default, the format of the file name, with or without {@code .gz}, or of
     * the first line of standard input.
     *
     * @param label {@code csv}, {@code libsvm}, {@code jsonl}, {@code parquet}, or null
     * @param option the command-line option for the label, to name in errors
     */
    public static Format of(Path file, @Nullable String label, String option) throws InputException {
        if (label != null) {
            return of(label, option);
        }
        if (StandardInput.is(file)) {
            return of(StandardInput.peek());
        }
        Path last = file.getFileName();
        String name = last == null ? "" : last.toString().toLowerCase(Locale.ROOT);
        String bare = name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
        for (Format format : values()) {
            if (format.extensions.stream().anyMatch(extension -> bare.endsWith("." + extension))) {
                return format;
            }
        }
        throw new InputException(file, "unknown format (expected: " + option + " " + labels() + ")");
    }

    /** Returns the format of a file that starts like this: CSV if it is none of the others. */
    static Format of(byte[] start) {
        String text = new String(start, StandardCharsets.ISO_8859_1).stripLeading();
        if (text.startsWith("PAR1")) {
            return PARQUET;
        }
        if (text.startsWith("{")) {
            return JSON_LINES;
        }
        return LIBSVM_LINE.matcher(text).lookingAt() ? LIBSVM : CSV;
    }

    private static Format of(String label, String option) throws InputException {
        for (Format format : values()) {
            if (format.label.equals(label)) {
                return format;
            }
        }
        throw new InputException(option + ": " + label + " (expected: " + labels() + ")");
    }

    @Override
    public String toString() {
        return label;
    }

    private static String labels() {
        return Arrays.stream(values()).map(Format::toString).collect(Collectors.joining(", "));
    }
}
