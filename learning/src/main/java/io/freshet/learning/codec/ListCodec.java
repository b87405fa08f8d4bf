package io.freshet.learning.codec;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Lists as bytes: their size, then each element. Memory grows with the elements that are read, not with the size. */
public final class ListCodec {
    private ListCodec() {}

    /** Writes an element. */
    public interface Writer<E> {
        void write(E element, DataOutput out) throws IOException;
    }

    /** Reads an element. */
    public interface Reader<E> {
        E read(DataInput in) throws IOException;
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
                    FlatArrays.writeFloats(block.getValue(), block.getValue().length, to);
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
