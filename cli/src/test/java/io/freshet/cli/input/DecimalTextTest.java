package io.freshet.cli.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecimalTextTest {
    @Test
    void parses_every_number_to_the_nearest_double() {
        long seed = new Random().nextLong();
        System.out.println("DecimalTextTest: seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 100_000; i++) {
            String text = switch (random.nextInt(4)) {
                case 0 -> Double.toString(Double.longBitsToDouble(random.nextLong() & ~(1L << 62)));
                case 1 -> String.format(Locale.ROOT, "%." + random.nextInt(20) + "f", random.nextGaussian());
                case 2 -> Long.toString(random.nextLong() >> random.nextInt(64));
                default -> random.nextInt(1000) + "." + random.nextInt(1000);
            };
            double expected = Double.parseDouble(text);
            if (!Double.isNaN(expected)) {
                assertThat(Double.doubleToRawLongBits(parse(text)))
                        .as("seed %d: %s", seed, text)
                        .isEqualTo(Double.doubleToRawLongBits(expected));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-0", "-0.0", "+7", ".5", "5.", "1e3", "-1.5E-7", " 12 ", "9007199254740993", "1e400"})
    void accepts_all_forms_of_decimal_numbers(String text) {
        assertThat(parse(text)).isEqualTo(Double.parseDouble(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "-",
                "+",
                "-.",
                "abc",
                "1d",
                "1f",
                "0x1p3",
                "NaN",
                "Infinity",
                "1,5",
                "1 2",
                "--1",
                "1.2.3"
            })
    void rejects_everything_else(String text) {
        assertThat(parse(text)).isNaN();
    }

    @Test
    void parses_only_the_given_range() {
        assertThat(DecimalText.parse("91.59".toCharArray(), 1, 4)).isEqualTo(1.5);
    }

    private static double parse(String text) {
        return DecimalText.parse(text.toCharArray(), 0, text.length());
    }
}
