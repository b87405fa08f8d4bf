package io.freshet.job.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.runtime.util.EnvironmentInformation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Would catch native libraries in the job's jar, whose second copy fails later in one of several jobs, or another Flink. */
class LibraryCheckTest {
    private static final ClassLoader OWN = LibraryCheckTest.class.getClassLoader();

    @TempDir
    Path jar;

    @Test
    void accepts_the_flink_and_the_libraries_that_the_job_is_built_with() {
        assertThatCode(() -> LibraryCheck.require(EnvironmentInformation.getVersion(), OWN))
                .doesNotThrowAnyException();
        assertThat(LibraryCheck.missing(OWN)).isEmpty();
    }

    @Test
    void refuses_another_flink() {
        assertThatThrownBy(() -> LibraryCheck.require("1.20.3", OWN))
                .hasMessage("Flink: 1.20.3 (expected: 2.2.x, for which this job is built)");
    }

    @Test
    void refuses_a_library_in_the_jar_of_the_job_and_in_flinks_lib_folder() throws Exception {
        Files.createDirectories(jar.resolve("org/bytedeco/javacpp"));
        Files.createFile(jar.resolve("org/bytedeco/javacpp/Loader.class"));
        try (URLClassLoader jobs = new URLClassLoader(new URL[] {jar.toUri().toURL()}, OWN)) {
            assertThatThrownBy(() -> LibraryCheck.require("2.2.1", jobs))
                    .hasMessageStartingWith("javacpp: found twice, in ")
                    .hasMessageContaining(jar + " (expected: once, in Flink's lib folder");
        }
    }

    @Test
    void names_every_jar_that_is_missing() {
        assertThat(LibraryCheck.missing(ClassLoader.getPlatformClassLoader()))
                .contains("nd4j-native", "blas", "javacpp", "openblas")
                .anySatisfy(name -> assertThat(name).matches("openblas-\\w+-\\w+"));
    }
}
