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
