package io.freshet.job.join;

import io.freshet.job.join.score.AnsweredPrediction;
import io.freshet.learning.learner.FieldCodec;
import io.freshet.learning.learner.FlatArrays;
import java.io.IOException;
import java.io.UncheckedIOException;
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
            FlatArrays.writeBytes(sample, out);
            FieldCodec.writeOptional(answer, AnsweredPrediction::write, out);
            out.writeInt(fields);
            FieldCodec.write(slices, StringValue::writeString, out);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return out.getCopyOfBuffer();
    }

    /** @throws IOException if the bytes were written by a newer version */
    static RequestContent read(byte[] bytes) throws IOException {
        DataInputDeserializer in = start(bytes);
        byte[] sample = FlatArrays.readBytes(in);
        AnsweredPrediction answer = FieldCodec.readOptional(AnsweredPrediction::read, in);
        int fields = in.readInt();
        return new RequestContent(sample, answer, FieldCodec.read(StringValue::readString, in), fields);
    }

    /** Returns only the sample. */
    static byte[] sample(byte[] bytes) throws IOException {
        return FlatArrays.readBytes(start(bytes));
    }

    private static DataInputDeserializer start(byte[] bytes) throws IOException {
        DataInputDeserializer in = new DataInputDeserializer(bytes);
        FieldCodec.readVersion("request", VERSION, in);
        return in;
    }
}
