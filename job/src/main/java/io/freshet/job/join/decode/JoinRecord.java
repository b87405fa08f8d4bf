package io.freshet.job.join.decode;

import io.freshet.job.record.EdgeSerializer;
import io.freshet.job.record.SourceRecord;
import io.freshet.learning.learner.FieldCodec;
import io.freshet.learning.learner.FlatArrays;
import io.freshet.schemas.sample.SchemaAnswer;
import java.io.IOException;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/**
 * A record that the join reads, before it is decoded.
 *
 * @param isOutcome whether it is from the outcomes topic
 * @param eventTime milliseconds since 1970, UTC; {@link #NO_TIME} if it has none, or one too far ahead of the clock
 */
public record JoinRecord(boolean isOutcome, long eventTime, SourceRecord record) implements EdgeSerializer.Value {
    public static final TypeInformation<JoinRecord> TYPE = EdgeSerializer.type(JoinRecord.class, JoinRecord::read);

    /** Moves no watermark. */
    public static final long NO_TIME = Long.MIN_VALUE;

    private static final int NO_SCHEMA = 0;
    private static final int SCHEMA = 1;
    private static final int REFUSAL = 2;

    /** Writes the schema that the record carries, too. */
    @Override
    public void write(DataOutputView out) throws IOException {
        out.writeBoolean(isOutcome);
        out.writeLong(eventTime);
        record.write(out);
        write(record.schema(), out);
    }

    private static JoinRecord read(DataInputView in) throws IOException {
        return new JoinRecord(
                in.readBoolean(), in.readLong(), SourceRecord.read(in).withSchema(readAnswer(in)));
    }

    private static void write(@Nullable SchemaAnswer answer, DataOutputView out) throws IOException {
        if (answer == null) {
            out.writeByte(NO_SCHEMA);
            return;
        }
        out.writeByte(answer.refusal() == null ? SCHEMA : REFUSAL);
        out.writeInt(answer.id());
        List<String> texts = answer.refusal() == null ? answer.schemas() : List.of(answer.refusal());
        FieldCodec.write(texts, FlatArrays::writeText, out);
    }

    private static @Nullable SchemaAnswer readAnswer(DataInputView in) throws IOException {
        int kind = in.readByte();
        if (kind == NO_SCHEMA) {
            return null;
        }
        int id = in.readInt();
        List<String> texts = FieldCodec.read(FlatArrays::readText, in);
        return kind == SCHEMA ? SchemaAnswer.known(id, texts) : SchemaAnswer.refused(id, texts.get(0));
    }
}
