package io.freshet.learning.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Would catch a transposition or stride mixed up in calls to a column-major library, numbers written outside C, and
 * results that depend on an array's offset or on concurrent products.
 */
class GemmTest {
    private static final int ROUNDS = 60;

    @ParameterizedTest
    @CsvSource({"false,false", "false,true", "true,false", "true,true"})
    void equals_a_loop_in_double_precision_on_random_shapes(boolean transposeA, boolean transposeB) {
        for (int seed = 0; seed < ROUNDS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            // A third of the shapes each: a single row, small, and of the size of a layer.
            int m = seed % 3 == 0 ? 1 : 1 + random.nextInt(seed % 3 == 1 ? 9 : 130);
            Product product = Product.random(transposeA, transposeB, m, random);
            product.check("seed " + seed + ": " + product);
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1,1", "1,1,9", "1,9,1", "9,1,1", "1,512,784", "32,10,128", "784,512,1"})
    void equals_the_loop_for_vectors_and_scalars(int m, int n, int k) {
        for (int beta = 0; beta <= 1; beta++) {
            for (int transposed = 0; transposed < 4; transposed++) {
                Product product = Product.of(
                        (transposed & 1) != 0, (transposed & 2) != 0, m, n, k, beta, new SplittableRandom(m * 31L + n));
                product.check(product.toString());
            }
        }
    }

    @Test
    void overwrites_nan_in_c_and_preserves_the_gaps_between_its_rows() {
        for (int m : new int[] {1, 3, 40}) {
            float[] c = new float[m * 7 + 5];
            Arrays.fill(c, Float.NaN);
            Gemm.multiply(false, false, m, 5, 2, filled(m * 2, 1), 0, 2, filled(10, 2), 0, 5, 0, c, 3, 7);
            for (int i = 0; i < c.length; i++) {
                int column = i < 3 ? 6 : (i - 3) % 7;
                boolean written = column < 5 && (i - 3) / 7 < m;
                assertThat(c[i]).as("m %d, c[%d]", m, i).isEqualTo(Float.valueOf(written ? 4f : Float.NaN));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"32,512,784", "784,512,32", "1,512,784", "1,10,128", "5,7,3", "256,10,128"})
    void gives_the_same_bits_at_any_offset(int m, int n, int k) {
        for (int transposed = 0; transposed < 4; transposed++) {
            Product product =
                    Product.of((transposed & 1) != 0, (transposed & 2) != 0, m, n, k, 0, new SplittableRandom(7));
            float[] expected = product.movedBy(0).result();
            for (int shift = 1; shift <= 17; shift++) {
                assertThat(product.movedBy(shift).result())
                        .as("%s moved by %d", product, shift)
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void gives_the_same_bits_to_concurrent_threads() throws Exception {
        Product[] products = IntStream.range(0, 24)
                .mapToObj(seed ->
                        Product.random(seed % 2 == 0, seed % 4 < 2, 1 + seed * 11, new SplittableRandom(1000 + seed)))
                .toArray(Product[]::new);
        float[][] alone = Arrays.stream(products).map(Product::result).toArray(float[][]::new);
        var threads = Executors.newFixedThreadPool(4);
        try {
            Callable<float[][]> all =
                    () -> Arrays.stream(products).map(Product::result).toArray(float[][]::new);
            for (var together :
                    threads.invokeAll(IntStream.range(0, 12).mapToObj(i -> all).toList())) {
                assertThat(together.get()).isDeepEqualTo(alone);
            }
        } finally {
            threads.shutdown();
        }
    }

    /** If each binding loaded a copy, there would be two OpenBLAS, and the one that multiplies would use all cores. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void loads_openblas_once() throws Exception {
        Gemm.multiply(false, false, 2, 2, 2, filled(4, 1), 0, 2, filled(4, 1), 0, 2, 0, new float[4], 0, 2);
        try (var mapped = Files.lines(Path.of("/proc/self/maps"))) {
            assertThat(mapped.filter(line -> line.contains("libopenblas"))
                            .map(line -> line.substring(line.indexOf('/')))
                            .distinct())
                    .hasSize(1);
        }
    }

    @Test
    void rejects_matrices_that_do_not_fit_and_names_them() {
        float[] six = new float[6];
        assertThatThrownBy(() -> Gemm.multiply(false, false, 0, 2, 3, six, 0, 3, six, 0, 2, 0, six, 0, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("m: 0 (expected: >= 1)");
        assertThatThrownBy(() -> Gemm.multiply(false, false, 2, 2, 3, six, 0, 2, six, 0, 2, 0, six, 0, 2))
                .hasMessage("lda: 2 (expected: >= 3, a row's length)");
        assertThatThrownBy(() -> Gemm.multiply(false, true, 2, 2, 3, six, 0, 3, six, 1, 3, 0, six, 0, 2))
                .hasMessage("b: 6 numbers (expected: >= 7, for 2 x 3 from 1)");
        assertThatThrownBy(() -> Gemm.multiply(true, false, 2, 2, 3, six, -1, 2, six, 0, 2, 0, six, 0, 2))
                .hasMessage("aAt: -1 (expected: >= 0)");
        assertThatThrownBy(() -> Gemm.multiply(
                        false, false, 2, 2, 3, six, 0, 3, six, 0, 2, 0, six, Integer.MAX_VALUE, Integer.MAX_VALUE))
                .hasMessageStartingWith("c: 6 numbers (expected: >= 4294967296");
    }

    private static float[] filled(int length, float value) {
        float[] numbers = new float[length];
        Arrays.fill(numbers, value);
        return numbers;
    }
}
