package io.freshet.learning.linalg;

import dev.ludovic.netlib.blas.BLAS;
import dev.ludovic.netlib.blas.NativeBLAS;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.cpu.nativecpu.blas.CpuBlas;

/**
 * OpenBLAS, loaded once for the JVM and held to one thread.
 *
 * <p>ND4J's binding unpacks the library, loads it and sets its threads; netlib's binding is then pointed at that very
 * file, since it hands over the memory of a {@code float[]} itself where ND4J's (JavaCPP's) would copy it. The file matters: a
 * second copy of the library would be a second OpenBLAS, with as many threads as there are cores. See
 * docs/adr/006-matrix-products-run-on-openblas-without-a-copy.md.
 */
final class OpenBlas {
    /** As JavaCPP names what ND4J's binding loads: OpenBLAS without its share of LAPACK. */
    private static final String LIBRARY = "openblas_nolapack";

    private static final String LIBRARY_PATH = "dev.ludovic.netlib.blas.nativeLibPath";

    /** Kept here, since the level of a logger that nobody holds is forgotten. It would announce itself on standard error. */
    private static final Logger ANNOUNCEMENT = Logger.getLogger("dev.ludovic.netlib.blas.InstanceBuilder");

    private static final @Nullable BLAS BINDING;
    private static final @Nullable Throwable FAILURE;

    static {
        BLAS binding = null;
        Throwable failure = null;
        try {
            binding = Libraries.load();
        } catch (RuntimeException | LinkageError e) {
            failure = e;
        }
        BINDING = binding;
        FAILURE = failure;
    }

    private OpenBlas() {}

    /**
     * Returns the binding, safe for any number of threads; each product runs on the thread that calls it.
     *
     * @throws IllegalStateException if OpenBLAS cannot be loaded here; says what is missing, at every call
     */
    static BLAS binding() {
        if (BINDING == null) {
            throw new IllegalStateException(
                    "OpenBLAS does not load: " + FAILURE
                            + " (expected on the class path, or in Flink's lib folder: nd4j-native, "
                            + "netlib's blas, and javacpp and openblas with the natives of "
                            + System.getProperty("os.name") + " " + System.getProperty("os.arch") + ")",
                    FAILURE);
        }
        return BINDING;
    }

    /** A class of its own: it cannot be linked where the libraries are not, and what says so can. */
    private static final class Libraries {
        static BLAS load() {
            // Else it logs the number of threads that it finds, not that which we set.
            System.setProperty("org.nd4j.log.initialization", "false");
            new CpuBlas().setMaxThreads(1);
            ANNOUNCEMENT.setLevel(Level.WARNING);
            System.setProperty(LIBRARY_PATH, loadedFile(Loader.getLoadedLibraries()));
            return NativeBLAS.getInstance();
        }

        private static String loadedFile(Map<String, String> loaded) {
            List<String> files = loaded.entrySet().stream()
                    .filter(library -> library.getKey().contains(LIBRARY)
                            && !library.getKey().contains("jni"))
                    .map(Map.Entry::getValue)
                    .distinct()
                    .toList();
            if (files.size() != 1) {
                throw new IllegalStateException(
                        "loaded as " + LIBRARY + ": " + files + " of " + loaded + " (expected: one file)");
            }
            return files.get(0);
        }
    }
}
