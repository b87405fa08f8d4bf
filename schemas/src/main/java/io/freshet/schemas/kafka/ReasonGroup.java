package io.freshet.schemas.kafka;

/** Groups the reasons of rejected records and rows. */
public final class ReasonGroup {
    private ReasonGroup() {}

    /**
     * Returns the field and what was expected of it, without the value and the index in a vector: {@code price (expected: a number)}
     * for {@code price[2]: two (expected: a number)}.
     */
    public static String of(String reason) {
        int expected = reason.lastIndexOf(" (expected: ");
        String found = expected < 0 ? reason : reason.substring(0, expected);
        int colon = found.indexOf(": ");
        String field = colon < 0 ? found : found.substring(0, colon);
        return field.replaceFirst("\\[\\d+]$", "") + reason.substring(found.length());
    }
}
