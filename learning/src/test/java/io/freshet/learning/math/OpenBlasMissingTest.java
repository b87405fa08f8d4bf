package io.freshet.learning.math;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Would catch a bare NoClassDefFoundError when the libraries, or their natives, are missing from Flink's lib folder.
 */
class OpenBlasMissingTest {
    @TempDir
    Path cache;

    @ParameterizedTest
    @CsvSource({
        "openblas-.*-(linux|macosx|windows)-.*, java.lang.UnsatisfiedLinkError: no jniopenblas_nolapack",
        "(openblas|javacpp|nd4j|blas)-.*, java.lang.NoClassDefFoundError: ",
    })
    void every_product_reports_what_is_missing(String jars, String cause) throws Exception {
        String[] everything = System.getProperty("java.class.path").split(Pattern.quote(File.pathSeparator));
        String without = Arrays.stream(everything)
                .filter(entry -> !Path.of(entry).getFileName().toString().matches(jars))
                .collect(Collectors.joining(File.pathSeparator));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dorg.bytedeco.javacpp.cachedir=" + cache,
                        "-cp",
                        without,
                        Twice.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);

        assertThat(process.waitFor()).isZero();
        assertThat(output.lines())
                .hasSize(2)
                .allSatisfy(line -> assertThat(line)
                        .startsWith("OpenBLAS does not load: " + cause)
                        .contains("or in Flink's lib folder", "openblas with the natives of"));
    }

    /** Prints the messages that two products throw. */
    static final class Twice {
        public static void main(String[] arguments) {
            for (int i = 0; i < 2; i++) {
                try {
                    Gemm.multiply(false, false, 1, 1, 1, new float[1], 0, 1, new float[1], 0, 1, 0, new float[1], 0, 1);
                } catch (IllegalStateException e) {
                    System.out.println(e.getMessage().lines().findFirst().orElse(""));
                }
            }
        }
    }
}
