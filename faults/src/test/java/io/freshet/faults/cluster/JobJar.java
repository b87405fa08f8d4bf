package io.freshet.faults.cluster;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/** Writes a jar of the job's classes as another version would ship them. */
public final class JobJar {
    private JobJar() {}

    /**
     * Writes a jar.
     *
     * @param version implementation version in the manifest
     * @param anchors one class of each module whose classes are copied
     */
    public static Path write(Path jar, String version, Class<?>... anchors) throws IOException, URISyntaxException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.IMPLEMENTATION_VERSION, version);
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest)) {
            for (Class<?> anchor : anchors) {
                copyModule(anchor, out);
            }
        }
        return jar;
    }

    private static void copyModule(Class<?> anchor, JarOutputStream out) throws IOException, URISyntaxException {
        Path source = Path.of(
                anchor.getProtectionDomain().getCodeSource().getLocation().toURI());
        if (Files.isDirectory(source)) {
            copy(source, out);
            return;
        }
        try (FileSystem zip = FileSystems.newFileSystem(URI.create("jar:" + source.toUri()), Map.of())) {
            copy(zip.getPath("/"), out);
        }
    }

    private static void copy(Path root, JarOutputStream out) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                String name = root.relativize(file).toString().replace('\\', '/');
                if (!name.startsWith("META-INF/")) {
                    out.putNextEntry(new JarEntry(name));
                    Files.copy(file, out);
                    out.closeEntry();
                }
            }
        }
    }
}
