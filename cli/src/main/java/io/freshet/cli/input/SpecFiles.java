package io.freshet.cli.input;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.yaml.SpecException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads specifications from files. */
public final class SpecFiles {
    private static final String STANDARD_INPUT = "-";
    private static final int MAXIMUM_BYTES = 1 << 20;

    private SpecFiles() {}

    /**
     * Reads specifications.
     *
     * @param files files of one specification each; {@code -} is stdin
     * @throws InputException if a file cannot be read or is invalid, or if a model name occurs twice
     */
    public static List<ModelSpec> read(List<Path> files) throws InputException {
        return readFiles(files).stream().map(SpecFile::spec).toList();
    }

    /** Reads specifications, and keeps their texts. Otherwise like {@link #read}. */
    public static List<SpecFile> readFiles(List<Path> files) throws InputException {
        Map<String, SpecFile> specs = new LinkedHashMap<>();
        for (Path file : files) {
            String yaml = text(file);
            ModelSpec spec = parse(file, yaml);
            if (specs.putIfAbsent(spec.name(), new SpecFile(file, yaml, spec)) != null) {
                throw new InputException(file + ": name: " + spec.name() + " (expected: each model once)");
            }
        }
        return List.copyOf(specs.values());
    }

    /**
     * Parses a specification.
     *
     * @param file to name in errors
     * @throws InputException if it is invalid
     */
    public static ModelSpec parse(Path file, String yaml) throws InputException {
        try {
            return ModelSpec.parse(yaml);
        } catch (SpecException e) {
            throw new InputException(file + ": " + e.getMessage());
        }
    }

    /**
     * Returns the text of a specification, without parsing it.
     *
     * @param file {@code -} is stdin
     * @throws InputException if the file cannot be read or is not UTF-8
     */
    public static String text(Path file) throws InputException {
        try (InputStream in = file.toString().equals(STANDARD_INPUT) ? System.in : Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAXIMUM_BYTES + 1);
            if (bytes.length > MAXIMUM_BYTES) {
                throw new InputException(file + ": too long (expected: up to " + MAXIMUM_BYTES + " bytes)");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (InputException e) {
            throw e;
        } catch (NoSuchFileException e) {
            throw new InputException(file + ": no such file");
        } catch (CharacterCodingException e) {
            throw new InputException(file + ": not UTF-8 (expected: YAML in UTF-8)");
        } catch (IOException e) {
            throw new InputException(file + ": cannot be read: " + e.getMessage());
        }
    }
}
