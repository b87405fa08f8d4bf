package io.freshet.learning.encode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a pair that is read as other numbers, and an invalid text that is accepted. */
class SparsePairsTest {
    private static final long SEED = 20260106;
    private static final ModelSpec SPEC = ModelSpec.parse("""
            {name: m, label: y, features: {sparse: [tags]}, loss: mean-squared-error}
            """);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "7",
                "7:",
                ":1",
                "-1:1",
                "x:1",
                "1:x",
                "1:1:1",
                "2147483648:1",
                "99999999999999999999:1",
                "1:NaN",
                "1:Infinity",
                "1:1e39",
                "1:.",
                "1:-",
                "1:1e",
                "1:0x10",
                "1:1d",
                "1:1f",
                "1:0x1p3",
                "1 :1",
                "1: 1",
                "1:2,3:4"
            })
    void shows_invalid_pairs(String pairs) {
        assertThatThrownBy(() -> encode("3:1 " + pairs))
                .isInstanceOf(InvalidSampleException.class)
                .hasMessageStartingWith("tags: ")
                .hasMessageEndingWith(" (expected: pairs index:value)");
    }

    @Test
    void truncates_a_long_invalid_pair() {
        assertThatThrownBy(() -> encode("1:" + "9".repeat(1_000_000) + "x"))
                .isInstanceOf(InvalidSampleException.class)
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(100));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''               | ''
            ' '              | ''
            '   1:1   2:2  ' | 1=1.0 2=2.0
            0:1              | 0=1.0
            2147483647:-0.0  | 2147483647=-0.0
            007:1.           | 7=1.0
            1:.5             | 1=0.5
            1:+5             | 1=5.0
            1:1E-3           | 1=0.001
            """)
    void accepts_valid_pairs(String text, String expected) throws InvalidSampleException {
        List<String> accepted = new ArrayList<>();
        for (SparsePairs pairs = pairs(text); pairs.next(); ) {
            accepted.add(pairs.index() + "=" + pairs.value());
        }
        assertThat(String.join(" ", accepted)).isEqualTo(expected);
        encode(text);
    }

    @Test
    void rounds_decimals_to_the_nearest_double_and_then_to_the_nearest_float() throws InvalidSampleException {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int trial = 0; trial < 100_000; trial++) {
            String decimal = decimal(random);
            SparsePairs pairs = pairs("3:" + decimal);
            assertThat(pairs.next()).isTrue();
            assertThat(pairs.index()).isEqualTo(3);
            assertThat(pairs.value())
                    .as("seed %d, trial %d: %s", SEED, trial, decimal)
                    .isEqualTo((float) Double.parseDouble(decimal));
            assertThat(pairs.next()).isFalse();
        }
    }

    private static String decimal(SplittableRandom random) {
        StringBuilder text = new StringBuilder(random.nextInt(3) == 0 ? "-" : "");
        int whole = random.nextInt(1, 20);
        random.ints(whole, 0, 10).forEach(text::append);
        if (random.nextBoolean()) {
            text.append('.');
            random.ints(random.nextInt(25), 0, 10).forEach(text::append);
        }
        if (random.nextInt(4) == 0) {
            text.append(random.nextBoolean() ? 'e' : 'E').append(random.nextInt(-40, 19));
        }
        return text.toString();
    }

    private static SparsePairs pairs(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        return new SparsePairs("tags", bytes, 0, bytes.length);
    }

    /** Encodes a text as the only feature of a model. */
    private static void encode(String text) throws InvalidSampleException {
        RowLayout layout = RowLayout.of(List.of(SPEC));
        Row row = new Row(layout);
        row.clear();
        row.copyText(layout.text("tags"), text);
        new FeatureEncoder(SPEC, layout).encodeFeatures(row);
    }
}
