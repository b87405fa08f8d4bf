package io.freshet.learning.learner;

import io.freshet.learning.features.Stage;
import io.freshet.learning.model.Batch;
import io.freshet.learning.model.BatchShape;
import io.freshet.learning.model.PackedSample;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Pending batches as bytes, for checkpoints: the packed samples, then all numeric features unless they are already
 * standardized. If a sample is not complete, each is followed by its stage and the label that it replaces.
 */
final class PendingCodec {
    private static final int NUMBERS_AS_ROWS = 1;
    private static final int RAW = 2;
    private static final int REVISED = 4;

    private PendingCodec() {}

    static void write(Batch batch, DataOutput out) throws IOException {
        BatchShape shape = batch.shape();
        out.writeByte((shape.numbersAsRows() ? NUMBERS_AS_ROWS : 0)
                | (batch.isRaw() ? RAW : 0)
                | (batch.isRevised() ? REVISED : 0));
        out.writeInt(shape.matrix());
        out.writeInt(shape.steps());
        out.writeInt(shape.fields());
        out.writeInt(shape.labelLength());
        out.writeInt(batch.size());
        for (int i = 0; i < batch.size(); i++) {
            PackedSample sample = batch.get(i);
            PackedSample.Features features = sample.features();
            FlatArrays.writeInts(features.rows(), out);
            FlatArrays.writeFloats(features.values(), out);
            FlatArrays.writeInts(features.ends(), out);
            FlatArrays.writeFloats(features.matrix(), out);
            out.writeInt(features.steps());
            FlatArrays.writeFloats(sample.label(), out);
            out.writeFloat(sample.weight());
            out.writeInt(sample.origin().partition());
            out.writeLong(sample.origin().offset());
            out.writeLong(sample.origin().eventTime());
            if (batch.isRevised()) {
                out.writeByte(sample.stage().number());
                out.writeFloat(sample.previous());
            }
        }
        if (batch.isRaw()) {
            FlatArrays.writeDoubles(batch.numeric(), out);
        }
    }

    static Batch read(DataInput in) throws IOException {
        byte flags = in.readByte();
        boolean revised = (flags & REVISED) != 0;
        boolean numbersAsRows = (flags & NUMBERS_AS_ROWS) != 0;
        Batch batch = new Batch(new BatchShape(numbersAsRows, in.readInt(), in.readInt(), in.readInt(), in.readInt()));
        int size = in.readInt();
        for (int i = 0; i < size; i++) {
            batch.restore(new PackedSample(
                    new PackedSample.Features(
                            FlatArrays.readInts(in),
                            FlatArrays.readFloats(in),
                            FlatArrays.readInts(in),
                            FlatArrays.readFloats(in),
                            in.readInt()),
                    FlatArrays.readFloats(in),
                    in.readFloat(),
                    new PackedSample.Origin(in.readInt(), in.readLong(), in.readLong()),
                    revised ? FieldCodec.readStage(in) : Stage.COMPLETE,
                    revised ? in.readFloat() : Float.NaN));
        }
        if ((flags & RAW) != 0) {
            batch.restoreRaw(FlatArrays.readDoubles(in));
        }
        return batch;
    }
}
