package io.freshet.schemas.sample;

import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.schemas.avro.AvroBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Predicate;

/**
 * Writes rows as {@code Sample} records in Avro's single-object encoding: the counterpart of {@link SampleDecoder}.
 *
 * <pre>
 *   C3 01 | fingerprint, 8 bytes, little-endian | id | model | eventTime | numbers | texts | vectors | epoch | sparse
 *   | stage | previous
 * </pre>
 *
 * Fields are in the order of the layout, missing fields are omitted, and each map is one block. A text in the place of a number is one
 * of the texts. The bytes equal those of Avro's
 * own encoder. Allocates only the result. Not thread-safe. Pinned by {@code RowEncoderTest}, which compares the two.
 */
public final class RowEncoder {
    /** Names as UTF-8; of length 0 for a field that is not written. */
    private final byte[][] numberNames;

    private final byte[][] textNames;
    /** The place of the text field of the same name as each number, or -1. */
    private final int[] textOfNumber;

    private final byte[][] vectorNames;
    private final AvroBuffer out = new AvroBuffer(SampleDecoder.FINGERPRINT, 512);
    private String model = "";
    private byte[] modelBytes = new byte[0];

    public RowEncoder(RowLayout layout) {
        this(layout, name -> true);
    }

    /** @param written whether to write the field with a name; the others are omitted */
    public RowEncoder(RowLayout layout, Predicate<String> written) {
        numberNames = utf8(layout.numbers(), written);
        textNames = utf8(layout.texts(), written);
        textOfNumber = layout.numbers().stream().mapToInt(layout::text).toArray();
        vectorNames = utf8(layout.vectors().stream().map(RowLayout::wireName).toList(), written);
    }

    /**
     * Returns the bytes of a row.
     *
     * @param row of this encoder's layout; event time 0 stands for the timestamp of the Kafka record
     * @param model name of the only model that the sample is for, or "" for all
     */
    public byte[] encode(Row row, String model) {
        if (!model.equals(this.model)) {
            this.model = model;
            modelBytes = model.getBytes(StandardCharsets.UTF_8);
        }
        out.clear();
        out.writeBytes(row.idBytes(), row.idFrom(), row.idTo() - row.idFrom());
        out.writeBytes(modelBytes, 0, modelBytes.length);
        out.writeLong(row.eventTime());
        writeNumbers(row);
        writeTexts(row);
        writeVectors(row);
        out.writeLong(row.epoch());
        writeSparseVectors(row);
        out.writeLong(row.stage().number());
        writePrevious(row);
        return out.toArray();
    }

    private void writeNumbers(Row row) {
        int count = 0;
        for (int index = 0; index < numberNames.length; index++) {
            count += numberNames[index].length > 0 && row.hasNumber(index) ? 1 : 0;
        }
        out.startBlock(count);
        for (int index = 0; index < numberNames.length; index++) {
            byte[] name = numberNames[index];
            if (name.length > 0 && row.hasNumber(index)) {
                out.writeBytes(name, 0, name.length);
                out.writeDouble(row.number(index));
            }
        }
        out.endBlocks();
    }

    private void writeTexts(Row row) {
        int count = 0;
        for (int index = 0; index < textNames.length; index++) {
            count += textNames[index].length > 0 && row.hasText(index) ? 1 : 0;
        }
        for (int index = 0; index < numberNames.length; index++) {
            count += numberNames[index].length > 0 && isWordOnly(row, index) ? 1 : 0;
        }
        out.startBlock(count);
        for (int index = 0; index < textNames.length; index++) {
            byte[] name = textNames[index];
            if (name.length > 0 && row.hasText(index)) {
                out.writeBytes(name, 0, name.length);
                out.writeBytes(row.bytes(), row.textFrom(index), row.textTo(index) - row.textFrom(index));
            }
        }
        for (int index = 0; index < numberNames.length; index++) {
            byte[] name = numberNames[index];
            if (name.length > 0 && isWordOnly(row, index)) {
                out.writeBytes(name, 0, name.length);
                out.writeBytes(row.words(), row.wordFrom(index), row.wordTo(index) - row.wordFrom(index));
            }
        }
        out.endBlocks();
    }

    /** Returns whether a number is a text that is not written anyway, as the text field of the same name. */
    private boolean isWordOnly(Row row, int index) {
        return row.isWord(index) && (textOfNumber[index] < 0 || !row.hasText(textOfNumber[index]));
    }

    private void writePrevious(Row row) {
        byte[] text = row.previousText();
        if (text != null) {
            out.writeLong(InPlaceSampleReader.PREVIOUS_TEXT);
            out.writeBytes(text, 0, text.length);
        } else if (row.hasPreviousNumber()) {
            out.writeLong(InPlaceSampleReader.PREVIOUS_NUMBER);
            out.writeDouble(row.previousNumber());
        } else {
            out.writeLong(InPlaceSampleReader.NO_PREVIOUS);
        }
    }

    private void writeVectors(Row row) {
        int count = 0;
        for (int index = 0; index < vectorNames.length; index++) {
            count += vectorNames[index].length > 0 && row.hasVector(index) ? 1 : 0;
        }
        out.startBlock(count);
        for (int index = 0; index < vectorNames.length; index++) {
            byte[] name = vectorNames[index];
            if (name.length > 0 && row.hasVector(index)) {
                int length = row.vectorLength(index);
                out.writeBytes(name, 0, name.length);
                out.startBlock(length);
                out.writeFloats(row.vector(index), 0, length);
                out.endBlocks();
            }
        }
        out.endBlocks();
    }

    private void writeSparseVectors(Row row) {
        int count = 0;
        for (int index = 0; index < textNames.length; index++) {
            count += textNames[index].length > 0 && row.hasSparse(index) ? 1 : 0;
        }
        out.startBlock(count);
        for (int index = 0; index < textNames.length; index++) {
            byte[] name = textNames[index];
            if (name.length > 0 && row.hasSparse(index)) {
                out.writeBytes(name, 0, name.length);
                writeSparseVector(row.sparseIndices(index), row.sparseValues(index), row.sparseLength(index));
            }
        }
        out.endBlocks();
    }

    private void writeSparseVector(int[] indices, float[] values, int length) {
        boolean ones = true;
        out.startBlock(length);
        for (int i = 0; i < length; i++) {
            out.writeLong(indices[i]);
            ones &= values[i] == 1;
        }
        out.endBlocks();
        if (!ones) {
            out.startBlock(length);
            out.writeFloats(values, 0, length);
        }
        out.endBlocks();
    }

    private static byte[][] utf8(List<String> names, Predicate<String> written) {
        return names.stream()
                .map(name -> (written.test(name) ? name : "").getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
    }
}
