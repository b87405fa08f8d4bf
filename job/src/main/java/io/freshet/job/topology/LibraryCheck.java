package io.freshet.job.topology;

import io.freshet.learning.spec.ModelSpec;
import java.io.IOException;
import java.net.URL;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what is wrong with Flink's lib folder before the job starts: on the job manager of an application cluster, or where
 * {@code flink run} is called. Task managers may have other folders, so what is missing here is only a warning.
 */
public final class LibraryCheck {
    private static final Logger LOG = LoggerFactory.getLogger(LibraryCheck.class);
    private static final String FLINK = "2.2.";
    private static final String UNKNOWN_FLINK = "<";
    private static final String PLATFORM = platform(System.getProperty("os.name"), System.getProperty("os.arch"));

    /** The jars that a network needs. */
    private static final List<Library> LIBRARIES = List.of(
            new Library("nd4j-native", "org/nd4j/linalg/cpu/nativecpu/blas/CpuBlas.class"),
            new Library("blas", "dev/ludovic/netlib/blas/NativeBLAS.class"),
            new Library("javacpp", "org/bytedeco/javacpp/Loader.class"),
            new Library("javacpp-" + PLATFORM, "org/bytedeco/javacpp/" + PLATFORM + "/"),
            new Library("openblas", "org/bytedeco/openblas/global/openblas_nolapack.class"),
            new Library("openblas-" + PLATFORM, "org/bytedeco/openblas/" + PLATFORM + "/"));

    /**
     * A jar.
     *
     * @param name without the version
     * @param file that it contains
     */
    private record Library(String name, String file) {
        List<URL> find(ClassLoader loader) {
            try {
                return Collections.list(loader.getResources(file)).stream()
                        .distinct()
                        .toList();
            } catch (IOException e) {
                throw new IllegalStateException(name + ": cannot be searched", e);
            }
        }

        /** Returns the jar or the folder where the file was found. */
        String container(URL found) {
            return found.getPath().replace(file, "").replaceAll("!?/$", "").replaceFirst("^file:", "");
        }
    }

    private LibraryCheck() {}

    /**
     * Checks Flink and the native libraries.
     *
     * @param flink version of Flink, as it reports it
     * @param jobs loader of the job's classes, which finds those of Flink's lib folder too
     * @throws IllegalStateException if this job cannot run with this version, or a library is found twice
     */
    public static void require(String flink, ClassLoader jobs) {
        if (!flink.startsWith(FLINK) && !flink.startsWith(UNKNOWN_FLINK)) {
            throw new IllegalStateException(
                    "Flink: " + flink + " (expected: " + FLINK + "x, for which this job is built)");
        }
        for (Library library : LIBRARIES) {
            List<URL> found = library.find(jobs);
            if (found.size() > 1) {
                throw new IllegalStateException(library.name() + ": found twice, in "
                        + found.stream().map(library::container).collect(Collectors.joining(" and "))
                        + " (expected: once, in Flink's lib folder, since a JVM loads native libraries once)");
            }
        }
    }

    /** Logs which libraries are missing for models that are networks. The others learn without them. */
    public static void warn(ClassLoader jobs, List<ModelSpec> specs) {
        String networks = specs.stream()
                .filter(spec -> !spec.model().isTable())
                .map(ModelSpec::name)
                .collect(Collectors.joining(", "));
        List<String> missing = missing(jobs);
        if (!networks.isEmpty() && !missing.isEmpty()) {
            LOG.warn(
                    "Flink's lib folder: {} missing here; without them on the task managers, these models fail: {}",
                    String.join(", ", missing),
                    networks);
        }
    }

    /** Returns the names of the jars that a network needs and that are not found. */
    static List<String> missing(ClassLoader jobs) {
        return LIBRARIES.stream()
                .filter(library -> library.find(jobs).isEmpty())
                .map(Library::name)
                .toList();
    }

    /** Returns JavaCPP's name of a platform. */
    private static String platform(String system, String processor) {
        String name = system.toLowerCase(Locale.ROOT);
        String os = name.startsWith("mac") ? "macosx" : name.startsWith("windows") ? "windows" : name;
        return os + "-" + processor.replace("amd64", "x86_64").replace("aarch64", "arm64");
    }
}
