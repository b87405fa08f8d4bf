package io.freshet.learning.features;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Would catch any change of the hash, which would move every hashed feature of every stored model to another row. */
class MurmurHash3Test {
    /** Published test vectors, each verified with an implementation in Python. */
    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', textBlock = """
            ``,                                                       0,          0
            ``,                                                       1,          514E28B7
            ``,                                                       ffffffff,   81F16F39
            a,                                                        9747b28c,   7FA09EA6
            aa,                                                       9747b28c,   5D211726
            aaa,                                                      9747b28c,   283E0130
            aaaa,                                                     9747b28c,   5A97808A
            ab,                                                       9747b28c,   74875592
            abc,                                                      9747b28c,   C84A62DD
            abcd,                                                     9747b28c,   F0478627
            abc,                                                      0,          B3DD93FA
            `Hello, world!`,                                          9747b28c,   24884CBA
            ππππππππ,                                                 9747b28c,   D58063C1
            abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq, 0,          EE925B90
            The quick brown fox jumps over the lazy dog,              9747b28c,   2FA826CD
            """)
    void returns_the_published_hashes(String text, String seed, String hash) {
        assertThat(MurmurHash3.hash(text, Integer.parseUnsignedInt(seed, 16)))
                .isEqualTo(Integer.parseUnsignedInt(hash, 16));
    }

    @Test
    void hashes_four_zeros_as_published_both_as_bytes_and_as_a_number() {
        assertThat(MurmurHash3.hash(new byte[4], 0, 4, 0)).isEqualTo(0x2362F9DE);
        assertThat(MurmurHash3.hash(0, 0)).isEqualTo(0x2362F9DE);
    }

    /** Each length's hash seeds the next; the final hash was computed by an implementation in Python. */
    @Test
    void lengths_up_to_64_at_any_place_of_an_array_give_the_hash_of_the_bytes_alone() {
        int hash = 0;
        for (int n = 0; n <= 64; n++) {
            byte[] bytes = new byte[n + 11];
            Arrays.fill(bytes, (byte) 0xee);
            int from = n % 9;
            for (int i = 0; i < n; i++) {
                bytes[from + i] = (byte) (i * 37 + n);
            }
            hash = MurmurHash3.hash(bytes, from, from + n, hash);
        }
        assertThat(hash).isEqualTo(0x7c0c7c8d);
    }

    @Test
    void hashes_a_number_as_its_four_little_endian_bytes() {
        assertThat(MurmurHash3.hash(12345, 7)).isEqualTo(0x2ed12e2c);
        assertThat(MurmurHash3.hash(-2, 0x80000000)).isEqualTo(0x5e0015a6);
    }

    @Test
    void text_hashes_as_its_utf8_bytes() {
        byte[] bytes = "Zürich ✈".getBytes(StandardCharsets.UTF_8);
        assertThat(MurmurHash3.hash("Zürich ✈", 42)).isEqualTo(MurmurHash3.hash(bytes, 0, bytes.length, 42));
    }
}
