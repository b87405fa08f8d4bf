package io.freshet.faults.upgrade;

import io.freshet.faults.load.SampleStream;
import io.freshet.learning.spec.ModelSpec;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * The inputs of a stored savepoint, in its folder: {@code models.yaml}, the specifications as a stream of documents;
 * and {@code samples.gz}, all records of the samples topic, including those after the savepoint:
 *
 * <pre>
 *   record count, then for each record: partition, length, bytes          32-bit big-endian integers
 * </pre>
 */
record StoredRun(List<ModelSpec> specs, List<SampleStream.Sent> samples) {
    private static final String MODELS = "models.yaml";
    private static final String SAMPLES = "samples.gz";
    private static final String SEPARATOR = "---\n";

    static StoredRun read(Path folder) throws IOException {
        List<ModelSpec> specs = new ArrayList<>();
        for (String document : Files.readString(folder.resolve(MODELS)).split("(?m)^" + SEPARATOR)) {
            specs.add(ModelSpec.parse(document));
        }
        List<SampleStream.Sent> samples = new ArrayList<>();
        try (DataInputStream in =
                new DataInputStream(new GZIPInputStream(Files.newInputStream(folder.resolve(SAMPLES))))) {
            for (int left = in.readInt(); left > 0; left--) {
                samples.add(new SampleStream.Sent(in.readInt(), in.readNBytes(in.readInt())));
            }
        }
        return new StoredRun(List.copyOf(specs), List.copyOf(samples));
    }

    void write(Path folder) throws IOException {
        Files.writeString(
                folder.resolve(MODELS),
                String.join(SEPARATOR, specs.stream().map(ModelSpec::toYaml).toList()));
        try (DataOutputStream out =
                new DataOutputStream(new GZIPOutputStream(Files.newOutputStream(folder.resolve(SAMPLES))))) {
            out.writeInt(samples.size());
            for (SampleStream.Sent sample : samples) {
                out.writeInt(sample.partition());
                out.writeInt(sample.value().length);
                out.write(sample.value());
            }
        }
    }
}
