package io.freshet.schemas;

import io.freshet.wire.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;

/**
 * Snapshots in a file: an Avro object container, one {@code Snapshot} for each key, each whole, deflated.
 *
 * <p>Avro's own tools read it; each snapshot keeps the checksum of its parameters.
 */
public final class SnapshotFile {
    private static final int LEVEL = 6;

    private SnapshotFile() {}

    /** Writes snapshots, replacing the file; nothing is left of it if writing fails. */
    public static void write(Path file, Collection<PublishedSnapshot> snapshots) throws IOException {
        WireData data = new WireData();
        SnapshotCodec codec = new SnapshotCodec();
        try (DataFileWriter<Snapshot> writer =
                new DataFileWriter<>(new SpecificDatumWriter<>(Snapshot.getClassSchema(), data))) {
            writer.setCodec(CodecFactory.deflateCodec(LEVEL));
            writer.create(Snapshot.getClassSchema(), file.toFile());
            for (PublishedSnapshot snapshot : snapshots) {
                writer.append(codec.whole(snapshot));
            }
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(file);
            throw e;
        }
    }

    /**
     * Reads all snapshots of a file.
     *
     * @throws MalformedRecordException if it is no such file, or a snapshot fails its checksum
     */
    public static List<PublishedSnapshot> read(Path file) throws IOException, MalformedRecordException {
        WireData data = new WireData();
        SnapshotCodec codec = new SnapshotCodec();
        List<PublishedSnapshot> snapshots = new ArrayList<>();
        try (DataFileReader<Snapshot> reader =
                new DataFileReader<>(file.toFile(), new SpecificDatumReader<>(null, Snapshot.getClassSchema(), data))) {
            while (reader.hasNext()) {
                PublishedSnapshot snapshot = codec.assemble(reader.next(), new BlockAssembly());
                if (snapshot == null) {
                    throw new MalformedRecordException(file + ": a snapshot in blocks (expected: whole ones)");
                }
                snapshots.add(snapshot);
            }
        } catch (AvroRuntimeException e) {
            throw new MalformedRecordException(file + ": " + e.getMessage() + " (expected: a file of snapshots)");
        }
        return snapshots;
    }
}
