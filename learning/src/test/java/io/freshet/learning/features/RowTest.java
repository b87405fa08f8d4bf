package io.freshet.learning.features;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Would catch a text whose hash depends on how it was decoded, and texts that overwrite each other as the row grows. */
class RowTest {
    @Test
    void copied_characters_have_the_bytes_of_the_same_string() {
        long seed = 20261127;
        SplittableRandom random = new SplittableRandom(seed);
        int[] ends = {0x80, 0x800, 0x10000};
        for (int trial = 0; trial < 10_000; trial++) {
            Row row = new Row(new RowLayout(List.of(), List.of("a", "b")));
            row.clear();
            String[] texts = {draw(random, ends), draw(random, ends)};
            for (int place = 0; place < texts.length; place++) {
                char[] chars = ("x" + texts[place] + "\ud83d\ude00").toCharArray();
                row.copyText(place, chars, 1, 1 + texts[place].length());
            }
            for (int place = 0; place < texts.length; place++) {
                assertThat(Arrays.copyOfRange(row.bytes(), row.textFrom(place), row.textTo(place)))
                        .as("seed %d, trial %d", seed, trial)
                        .isEqualTo(texts[place].getBytes(UTF_8));
            }
        }
    }

    /** Would catch a number of a record that is taken for a text of an earlier record. */
    @Test
    void no_number_is_taken_for_a_mark() {
        Row row = new Row(new RowLayout(List.of("a"), List.of()));
        row.word(0, "secret".toCharArray(), 0, 6, false);
        assertThat(row.hasWords()).isTrue();
        for (long bits = 0x7ff8_0000_0f0e_0d00L; bits < 0x7ff8_0000_0f0e_0d20L; bits++) {
            row.clear();
            row.number(0, Double.longBitsToDouble(bits));
            assertThat(row.isWord(0)).isFalse();
            assertThat(row.hasNumber(0)).isTrue();
            assertThat(row.isNumberMissing(0)).isTrue();
            assertThat(row.shown(0)).isEqualTo(Double.NaN);
        }
        assertThat(row.hasWords()).isFalse();
    }

    @Test
    void a_long_word_ends_with_a_whole_character() {
        Row row = new Row(new RowLayout(List.of("a", "b"), List.of()));
        for (String character : List.of("\u00e9", "\u20ac", "\ud83d\ude00")) {
            for (int shift = 0; shift < 4; shift++) {
                String text = "x".repeat(shift) + character.repeat(300);
                byte[] utf8 = text.getBytes(UTF_8);
                row.clear();
                row.word(0, utf8, 0, utf8.length, true);
                row.word(1, text.toCharArray(), 0, text.length(), true);
                for (int place = 0; place < 2; place++) {
                    assertThat(text).startsWith(row.word(place));
                    assertThat(row.wordTo(place) - row.wordFrom(place)).isGreaterThan(40 * 3);
                }
            }
        }
    }

    /** Surrogates, paired or not, are frequent. */
    private static String draw(SplittableRandom random, int[] ends) {
        char[] chars = new char[random.nextInt(random.nextInt(50) == 0 ? 400 : 8)];
        for (int i = 0; i < chars.length; i++) {
            chars[i] = random.nextInt(3) == 0
                    ? (char) random.nextInt(Character.MIN_SURROGATE, Character.MAX_SURROGATE + 1)
                    : (char) random.nextInt(ends[random.nextInt(ends.length)]);
        }
        return new String(chars);
    }
}
