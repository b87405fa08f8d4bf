package io.freshet.schemas.snapshot;

import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.avro.WireData;
import io.freshet.wire.Snapshot;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.file.SeekableByteArrayInput;
import org.apache.avro.file.SeekableFileInput;
import org.apache.avro.file.SeekableInput;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;

/**
 * Reads and writes snapshot files: a deflated Avro object container file with one complete {@code Snapshot} for each key.
 *
 * <p>Avro's own tools can read such a file. Each snapshot contains a checksum of its parameters.
 */
public final class SnapshotFile {
    private static final int DEFLATE_LEVEL = 6;
    /** Avro's marker between file blocks, any 16 bytes. A constant makes the contents reproducible. */
    private static final byte[] SYNC = "Freshet snapshot".getBytes(StandardCharsets.US_ASCII);

    private SnapshotFile() {}

    /** Writes snapshots into a {@link Draft}, which replaces the file when complete. A device or a pipe is written directly. */
    public static void write(Path file, Collection<PublishedSnapshot> snapshots) throws IOException {
        Path target = Files.exists(file) ? file.toRealPath() : file;
        boolean replaced = Files.isRegularFile(target) || Files.notExists(target);
        try (Draft draft = replaced ? Draft.beside(target) : Draft.into(target)) {
            write(draft.out(), snapshots);
            draft.complete();
        }
    }

    /** Writes the contents of a snapshot file, and closes the stream. Equal snapshots produce equal bytes. */
    public static void write(OutputStream out, Collection<PublishedSnapshot> snapshots) throws IOException {
        ManifestCodec manifests = new ManifestCodec(new SpecCache());
        try (DataFileWriter<Snapshot> writer =
                new DataFileWriter<>(new SpecificDatumWriter<>(Snapshot.getClassSchema(), new WireData()))) {
            writer.setCodec(CodecFactory.deflateCodec(DEFLATE_LEVEL));
            writer.create(Snapshot.getClassSchema(), out, SYNC.clone());
            for (PublishedSnapshot snapshot : snapshots) {
                writer.appendEncoded(manifests.encode(snapshot, 0).body());
            }
        }
    }

    /**
     * Returns all snapshots of a file.
     *
     * @throws MalformedRecordException if the file is not a snapshot file, or a snapshot fails its checksum
     */
    public static List<PublishedSnapshot> read(Path file) throws IOException, MalformedRecordException {
        return read(new SeekableFileInput(file.toFile()), file.toString());
    }

    /**
     * Returns all snapshots of a file's contents.
     *
     * @throws MalformedRecordException if the bytes are not a snapshot file, or a snapshot fails its checksum
     */
    public static List<PublishedSnapshot> read(byte[] file) throws MalformedRecordException {
        try {
            return read(new SeekableByteArrayInput(file), "snapshots");
        } catch (IOException e) {
            throw new MalformedRecordException("snapshots: " + e.getMessage() + " (expected: a file of snapshots)");
        }
    }

    private static List<PublishedSnapshot> read(SeekableInput in, String file)
            throws IOException, MalformedRecordException {
        WireData data = new WireData();
        ManifestCodec manifests = new ManifestCodec(new SpecCache());
        SnapshotAssembler assembler = new SnapshotAssembler(manifests);
        List<PublishedSnapshot> snapshots = new ArrayList<>();
        try (in;
                DataFileReader<Snapshot> reader =
                        new DataFileReader<>(in, new SpecificDatumReader<>(null, Snapshot.getClassSchema(), data))) {
            while (reader.hasNext()) {
                PublishedSnapshot snapshot = assembler.assemble(manifests.read(reader.next()), new BlockAssembly());
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
