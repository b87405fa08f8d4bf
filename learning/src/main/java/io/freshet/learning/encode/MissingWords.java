package io.freshet.learning.encode;

import io.freshet.learning.features.Row;
import io.freshet.learning.spec.MissingSpec;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The texts that stand for a missing value, in ASCII letters of either case: {@code NA} and {@code na} are the same. Matching
 * allocates nothing.
 */
public final class MissingWords {
    private static final MissingWords USUAL = new MissingWords(MissingSpec.USUAL_VALUES);

    private final byte[][] words;

    private MissingWords(List<String> words) {
        this.words = words.stream()
                .map(word -> word.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
    }

    /** Returns the texts for numbers and times. */
    public static MissingWords ofNumbers(MissingSpec missing) {
        return new MissingWords(missing.numberValues());
    }

    /** Returns the texts for texts. */
    public static MissingWords ofTexts(MissingSpec missing) {
        return new MissingWords(missing.textValues());
    }

    /** Returns whether a row has such a text, or an empty one, in the place of a number. */
    public boolean isNumber(Row row, int place) {
        return row.isWord(place)
                && (row.wordFrom(place) == row.wordTo(place)
                        || contains(row.words(), row.wordFrom(place), row.wordTo(place)));
    }

    /** Returns whether a row has such a text in the place of a text. */
    public boolean isText(Row row, int place) {
        return words.length > 0 && row.hasText(place) && contains(row.bytes(), row.textFrom(place), row.textTo(place));
    }

    /** Returns whether a text usually stands for a missing number. */
    public static boolean isUsual(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return utf8.length == 0 || USUAL.contains(utf8, 0, utf8.length);
    }

    /** Returns whether a row has a text in the place of a number that usually stands for a missing value. */
    static boolean isUsual(Row row, int place) {
        return USUAL.isNumber(row, place);
    }

    private boolean contains(byte[] text, int from, int to) {
        for (byte[] word : words) {
            if (word.length == to - from && equal(word, text, from)) {
                return true;
            }
        }
        return false;
    }

    private static boolean equal(byte[] word, byte[] text, int from) {
        for (int i = 0; i < word.length; i++) {
            if (lower(word[i]) != lower(text[from + i])) {
                return false;
            }
        }
        return true;
    }

    private static int lower(byte b) {
        return b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b;
    }
}
