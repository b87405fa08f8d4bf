package io.freshet.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Assumptions;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The resources of this module, as maps. */
final class Manifests {
    private static final List<Path> DIRECTORIES = List.of(Path.of("base"), Path.of("components"));

    private Manifests() {}

    /** Returns the resources of the base and of all components. Those of patches have only some of their fields. */
    static List<Map<?, ?>> files() throws IOException {
        List<Map<?, ?>> resources = new ArrayList<>();
        for (Path directory : DIRECTORIES) {
            try (Stream<Path> files = Files.walk(directory)) {
                files.filter(file -> file.toString().endsWith(".yaml"))
                        .filter(file -> !file.endsWith("kustomization.yaml"))
                        .sorted()
                        .flatMap(file -> resources(read(file)))
                        .forEach(resources::add);
            }
        }
        return resources;
    }

    /** Returns the resources of an overlay, as Kustomize builds it. Skips the test without Kustomize. */
    static List<Map<?, ?>> overlay(String name) throws IOException, InterruptedException {
        Path overlay = Path.of("overlays", name);
        Process kustomize;
        try {
            kustomize = new ProcessBuilder("kustomize", "build", overlay.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            Assumptions.abort("no kustomize on the PATH (Debian: apt-get install kustomize)");
            throw e;
        }
        String yaml = new String(kustomize.getInputStream().readAllBytes(), UTF_8);
        if (kustomize.waitFor() != 0) {
            throw new IOException("kustomize build " + overlay + ": exit code " + kustomize.exitValue());
        }
        return resources(yaml).toList();
    }

    private static Stream<Map<?, ?>> resources(String yaml) {
        Iterable<Object> documents = new Load(LoadSettings.builder().build()).loadAllFromString(yaml);
        return StreamSupport.stream(documents.spliterator(), false).map(document -> (Map<?, ?>) document);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
