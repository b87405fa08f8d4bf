package io.freshet.learning.learner;

import io.freshet.learning.model.Batch;
import io.freshet.learning.model.BatchShape;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/** The batch that is not full yet as bytes, sample by sample, as it was packed. */
final class PendingCodec {
    private PendingCodec() {}

    static void write(Batch batch, DataOutput out) throws IOException {
        BatchShape shape = batch.shape();
        out.writeBoolean(shape.numbersAsRows());
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
    }

    static Batch read(DataInput in) throws IOException {
        Batch batch =
                new Batch(new BatchShape(in.readBoolean(), in.readInt(), in.readInt(), in.readInt(), in.readInt()));
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
        return batch;
    }
}
