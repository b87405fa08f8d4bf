package io.freshet.schemas.snapshot;

import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.avro.WireData;
import io.freshet.wire.Snapshot;
import java.io.BufferedOutputStream;
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
 * Snapshots in a file: an Avro object container, one {@code Snapshot} for each key, each whole, deflated.
 *
 * <p>Avro's own tools read it; each snapshot keeps the checksum of its parameters.
 */
public final class SnapshotFile {
    private static final int LEVEL = 6;
    /** What Avro puts between blocks. Any 16 bytes will do: the file is never split there. */
    private static final byte[] SYNC = "Freshet snapshot".getBytes(StandardCharsets.US_ASCII);

    private SnapshotFile() {}

    /** Writes snapshots, replacing the file; nothing is left of it if writing fails. */
    public static void write(Path file, Collection<PublishedSnapshot> snapshots) throws IOException {
        // What cannot be opened is not taken away.
        OutputStream opened = Files.newOutputStream(file);
        try (OutputStream out = new BufferedOutputStream(opened)) {
            write(out, snapshots);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(file);
            throw e;
        }
    }

    /** Writes what a file of snapshots has, and closes what it writes to; the same snapshots are the same bytes. */
    public static void write(OutputStream out, Collection<PublishedSnapshot> snapshots) throws IOException {
        SnapshotCodec codec = new SnapshotCodec();
        try (DataFileWriter<Snapshot> writer =
                new DataFileWriter<>(new SpecificDatumWriter<>(Snapshot.getClassSchema(), new WireData()))) {
            writer.setCodec(CodecFactory.deflateCodec(LEVEL));
            writer.create(Snapshot.getClassSchema(), out, SYNC.clone());
            for (PublishedSnapshot snapshot : snapshots) {
                writer.append(codec.whole(snapshot));
            }
        }
    }

    /**
     * Reads all snapshots of a file.
     *
     * @throws MalformedRecordException if it is no such file, or a snapshot fails its checksum
     */
    public static List<PublishedSnapshot> read(Path file) throws IOException, MalformedRecordException {
        return read(new SeekableFileInput(file.toFile()), file.toString());
    }

    /** Reads all snapshots of what a file of them has. */
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
        SnapshotCodec codec = new SnapshotCodec();
        List<PublishedSnapshot> snapshots = new ArrayList<>();
        try (in;
                DataFileReader<Snapshot> reader =
                        new DataFileReader<>(in, new SpecificDatumReader<>(null, Snapshot.getClassSchema(), data))) {
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
