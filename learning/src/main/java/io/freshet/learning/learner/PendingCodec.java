package io.freshet.learning.learner;

import io.freshet.learning.batch.Batch;
import io.freshet.learning.batch.BatchShape;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * The batch that is not full yet as bytes, sample by sample, as it was packed; and behind them, if they are not standardised
 * yet, the numeric features of all.
 */
final class PendingCodec {
    private static final int NUMBERS_AS_ROWS = 1;
    private static final int RAW = 2;

    private PendingCodec() {}

    static void write(Batch batch, DataOutput out) throws IOException {
        BatchShape shape = batch.shape();
        out.writeByte((shape.numbersAsRows() ? NUMBERS_AS_ROWS : 0) | (batch.isRaw() ? RAW : 0));
        out.writeInt(shape.matrix());
        out.writeInt(shape.steps());
        out.writeInt(shape.fields());
        out.writeInt(shape.labelLength());
        out.writeInt(batch.size());
        for (int i = 0; i < batch.size(); i++) {
            int from = batch.from(i);
            int length = batch.to(i) - from;
            FlatArrays.writeInts(Arrays.copyOfRange(batch.rows(), from, from + length), length, out);
            FlatArrays.writeFloats(Arrays.copyOfRange(batch.values(), from, from + length), length, out);
            FlatArrays.writeInts(batch.ends(i), shape.fields(), out);
            FlatArrays.writeFloats(batch.row(i), shape.matrix() * shape.steps(), out);
            out.writeInt(batch.steps(i));
            FlatArrays.writeFloats(batch.label(i), shape.labelLength(), out);
            out.writeFloat(batch.weight(i));
            out.writeInt(batch.partition(i));
            out.writeLong(batch.offset(i));
            out.writeLong(batch.eventTime(i));
        }
        if (batch.isRaw()) {
            FlatArrays.writeDoubles(batch.numeric(), out);
        }
    }

    static Batch read(DataInput in) throws IOException {
        byte flags = in.readByte();
        boolean numbersAsRows = (flags & NUMBERS_AS_ROWS) != 0;
        Batch batch = new Batch(new BatchShape(numbersAsRows, in.readInt(), in.readInt(), in.readInt(), in.readInt()));
        int size = in.readInt();
        for (int i = 0; i < size; i++) {
            batch.restore(
                    FlatArrays.readInts(in),
                    FlatArrays.readFloats(in),
                    FlatArrays.readInts(in),
                    FlatArrays.readFloats(in),
                    in.readInt(),
                    FlatArrays.readFloats(in),
                    in.readFloat(),
                    in.readInt(),
                    in.readLong(),
                    in.readLong());
        }
        if ((flags & RAW) != 0) {
            batch.restoreRaw(FlatArrays.readDoubles(in));
        }
        return batch;
    }
}
