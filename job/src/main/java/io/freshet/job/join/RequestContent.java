package io.freshet.job.join;

import io.freshet.job.join.score.AnsweredPrediction;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.types.StringValue;
import org.jspecify.annotations.Nullable;

/**
 * What the state of an id keeps of its request.
 *
 * @param sample the request as a {@code Sample} without a label
 * @param answer null if the request has no prediction
 * @param slices text of each field in {@code join.slices}, in that order, or null
 * @param fields the hash of these fields, which may be others when the request is closed
 */
public record RequestContent(
        byte[] sample, @Nullable AnsweredPrediction answer, List<@Nullable String> slices, int fields) {
    private static final byte VERSION = 1;

    /** Bytes of a state that are not those of the sample, for the first buffer. */
    private static final int REST = 64;

    public byte[] write() {
        DataOutputSerializer out = new DataOutputSerializer(sample.length + REST);
        try {
            out.writeByte(VERSION);
            out.writeInt(sample.length);
            out.write(sample);
            out.writeBoolean(answer != null);
            if (answer != null) {
                out.writeInt(answer.prediction().length);
                for (float number : answer.prediction()) {
                    out.writeFloat(number);
                }
                out.writeLong(answer.ageMillis());
                StringValue.writeString(answer.label(), out);
            }
            out.writeByte(slices.size());
            for (String slice : slices) {
                StringValue.writeString(slice, out);
            }
            out.writeInt(fields);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return out.getCopyOfBuffer();
    }

    /** @throws IOException if the bytes were written by a newer version */
    static RequestContent read(byte[] bytes) throws IOException {
        DataInputDeserializer in = start(bytes);
        byte[] sample = readSample(in);
        AnsweredPrediction answer = in.readBoolean() ? readAnswer(in) : null;
        int count = in.readUnsignedByte();
        List<@Nullable String> slices = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            slices.add(StringValue.readString(in));
        }
        return new RequestContent(sample, answer, slices, in.readInt());
    }

    /** Returns only the sample. */
    static byte[] sample(byte[] bytes) throws IOException {
        return readSample(start(bytes));
    }

    private static DataInputDeserializer start(byte[] bytes) throws IOException {
        DataInputDeserializer in = new DataInputDeserializer(bytes);
        byte version = in.readByte();
        if (version != VERSION) {
            throw new IOException("request: version " + version + " (expected: " + VERSION + ")");
        }
        return in;
    }

    private static byte[] readSample(DataInputDeserializer in) throws IOException {
        byte[] sample = new byte[length(in, Byte.BYTES)];
        in.readFully(sample);
        return sample;
    }

    private static AnsweredPrediction readAnswer(DataInputDeserializer in) throws IOException {
        float[] prediction = new float[length(in, Float.BYTES)];
        for (int i = 0; i < prediction.length; i++) {
            prediction[i] = in.readFloat();
        }
        return new AnsweredPrediction(prediction, in.readLong(), StringValue.readString(in));
    }

    private static int length(DataInputDeserializer in, int bytes) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available() / bytes) {
            throw new IOException("request: length " + length + " (expected: up to " + in.available() / bytes + ")");
        }
        return length;
    }
}
