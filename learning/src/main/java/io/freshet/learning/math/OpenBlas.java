package io.freshet.learning.math;

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
 * OpenBLAS, loaded once per JVM and limited to one thread.
 *
 * <p>ND4J's binding unpacks the library, loads it, and sets its thread count. Netlib's binding then uses the same file;
 * it passes a {@code float[]} without copying, unlike ND4J's (JavaCPP's). A second copy of the file would be a second
 * OpenBLAS with a thread per core. See docs/adr/006-matrix-products-run-on-openblas-without-a-copy.md.
 */
final class OpenBlas {
    /** JavaCPP's name of the library that ND4J's binding loads: OpenBLAS without LAPACK. */
    private static final String LIBRARY = "openblas_nolapack";

    private static final String LIBRARY_PATH = "dev.ludovic.netlib.blas.nativeLibPath";

    /** Silenced, because it logs to stderr. A field, because an unreferenced logger loses its level. */
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
     * Returns the thread-safe binding. Each product runs on the calling thread.
     *
     * @throws IllegalStateException at every call if OpenBLAS cannot be loaded; names the missing libraries
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

    /** A separate class, so that the outer class can report that this one fails to link without the libraries. */
    private static final class Libraries {
        static BLAS load() {
            // ND4J would log the default number of threads, not the one set here.
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
