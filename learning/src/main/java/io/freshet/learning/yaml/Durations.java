package io.freshet.learning.yaml;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations in YAML and options: {@code 500ms}, {@code 10s}, {@code 15m}, {@code 1h}, {@code 30d}, or 0. */
public final class Durations {
    /** The valid durations, for messages. */
    public static final String EXPECTED = "a duration such as 500ms, 10s, 15m, 1h, or 30d; or 0";

    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");
    /** Milliseconds per unit, the largest first. */
    private static final Map<String, Long> UNITS = new LinkedHashMap<>();

    static {
        UNITS.put("d", 86_400_000L);
        UNITS.put("h", 3_600_000L);
        UNITS.put("m", 60_000L);
        UNITS.put("s", 1000L);
        UNITS.put("ms", 1L);
    }

    private Durations() {}

    /**
     * Returns a duration in milliseconds.
     *
     * @param path names the value in the message
     * @throws SpecException if it is not a duration
     */
    public static long millis(String path, Object value) {
        if (value.equals(0)) {
            return 0;
        }
        Matcher matcher = DURATION.matcher(value.toString());
        if (!matcher.matches()) {
            throw SpecException.of(path, value, EXPECTED);
        }
        return Long.parseLong(matcher.group(1)) * UNITS.getOrDefault(matcher.group(2), 0L);
    }

    /** Returns a duration in the largest unit that divides it. */
    public static Object write(long millis) {
        for (Map.Entry<String, Long> unit : UNITS.entrySet()) {
            if (millis > 0 && millis % unit.getValue() == 0) {
                return millis / unit.getValue() + unit.getKey();
            }
        }
        return 0;
    }
}
