package io.freshet.learning.learner;

import io.freshet.learning.features.Stage;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Common fields of states and messages as bytes. A list is its size, then each element: memory grows with the elements that are read,
 * not with the size.
 */
public final class FieldCodec {
    private FieldCodec() {}

    /** Writes an element. */
    public interface Writer<E> {
        void write(E element, DataOutput out) throws IOException;
    }

    /** Reads an element. */
    public interface Reader<E> {
        E read(DataInput in) throws IOException;
    }

    /**
     * Reads the version that a state or message starts with.
     *
     * @throws IOException if it is another one
     */
    public static void readVersion(String what, byte expected, DataInput in) throws IOException {
        byte version = in.readByte();
        if (version != expected) {
            throw new IOException(what + ": version " + version + " (expected: " + expected + ")");
        }
    }

    /** Writes whether there is a value, then the value. */
    public static <E> void writeOptional(@Nullable E value, Writer<E> writer, DataOutput out) throws IOException {
        out.writeBoolean(value != null);
        if (value != null) {
            writer.write(value, out);
        }
    }

    public static <E> @Nullable E readOptional(Reader<E> reader, DataInput in) throws IOException {
        return in.readBoolean() ? reader.read(in) : null;
    }

    public static Stage readStage(DataInput in) throws IOException {
        byte number = in.readByte();
        Stage stage = Stage.of(number);
        if (stage == null) {
            throw new IOException("stage: " + number + " (expected: 0 to 3)");
        }
        return stage;
    }

    public static <E> void write(Collection<E> elements, Writer<E> writer, DataOutput out) throws IOException {
        out.writeInt(elements.size());
        for (E element : elements) {
            writer.write(element, out);
        }
    }

    public static <E> List<E> read(Reader<E> reader, DataInput in) throws IOException {
        List<E> elements = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            elements.add(reader.read(in));
        }
        return elements;
    }

    /** Writes the numbers of blocks, by block. */
    public static void writeBlocks(SortedMap<Integer, float[]> blocks, DataOutput out) throws IOException {
        write(
                blocks.entrySet(),
                (block, to) -> {
                    to.writeInt(block.getKey());
                    FlatArrays.writeFloats(block.getValue(), to);
                },
                out);
    }

    public static SortedMap<Integer, float[]> readBlocks(DataInput in) throws IOException {
        SortedMap<Integer, float[]> blocks = new TreeMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            blocks.put(in.readInt(), FlatArrays.readFloats(in));
        }
        return blocks;
    }
}
