package io.freshet.cli.feed;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The most rows of a file that may be rejected.
 *
 * @param text as on the command line
 * @param limit share in percent, or number of rows
 * @param percent whether it is a share
 */
record MaximumRejected(String text, double limit, boolean percent) {
    static final String DEFAULT = "10%";

    boolean isExceeded(long rejected, long rows) {
        return percent ? 100.0 * rejected > limit * rows : rejected > limit;
    }

    /** Returns {@code 12 of 600 rows rejected (2%)}. */
    static String summary(long rejected, long rows) {
        return String.format(
                Locale.ROOT,
                "%,d of %,d %s rejected (%s%%)",
                rejected,
                rows,
                rows == 1 ? "row" : "rows",
                Double.toString(Math.round(10_000.0 * rejected / rows) / 100.0).replaceFirst("\\.0$", ""));
    }

    static final class Converter implements ITypeConverter<MaximumRejected> {
        @Override
        public MaximumRejected convert(String value) {
            boolean percent = value.endsWith("%");
            try {
                double limit =
                        percent ? Double.parseDouble(value.substring(0, value.length() - 1)) : Long.parseLong(value);
                if (limit >= 0 && (!percent || limit <= 100)) {
                    return new MaximumRejected(value, limit, percent);
                }
            } catch (NumberFormatException e) {
                // Reported below, with what was expected.
            }
            throw new TypeConversionException(value + " (expected: a share like 1%, or a number of rows)");
        }
    }
}
