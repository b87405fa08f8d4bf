package io.freshet.job.join.decode;

import io.freshet.job.record.SourceRecordSerializer;
import io.freshet.job.serialization.ValueSerializer;
import io.freshet.schemas.confluent.SchemaAnswer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/** Serializes records between the source and the decoder, with the schemas that they carry. */
public final class JoinRecordSerializer extends ValueSerializer<JoinRecord> {
    private static final long serialVersionUID = 1;
    private static final int NO_SCHEMA = 0;
    private static final int SCHEMA = 1;
    private static final int REFUSAL = 2;

    private final SourceRecordSerializer records = new SourceRecordSerializer();

    public static TypeInformation<JoinRecord> type() {
        return typeInformation(JoinRecord.class, new JoinRecordSerializer());
    }

    @Override
    public void serialize(JoinRecord record, DataOutputView out) throws IOException {
        out.writeBoolean(record.isOutcome());
        out.writeLong(record.eventTime());
        records.serialize(record.record(), out);
        write(record.record().schema(), out);
    }

    @Override
    public JoinRecord deserialize(DataInputView in) throws IOException {
        return new JoinRecord(
                in.readBoolean(), in.readLong(), records.deserialize(in).withSchema(readAnswer(in)));
    }

    private static void write(@Nullable SchemaAnswer answer, DataOutputView out) throws IOException {
        if (answer == null) {
            out.writeByte(NO_SCHEMA);
            return;
        }
        out.writeByte(answer.refusal() == null ? SCHEMA : REFUSAL);
        out.writeInt(answer.id());
        List<String> texts = answer.refusal() == null ? answer.schemas() : List.of(answer.refusal());
        out.writeInt(texts.size());
        for (String text : texts) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            out.writeInt(bytes.length);
            out.write(bytes);
        }
    }

    private static @Nullable SchemaAnswer readAnswer(DataInputView in) throws IOException {
        int kind = in.readByte();
        if (kind == NO_SCHEMA) {
            return null;
        }
        int id = in.readInt();
        int count = in.readInt();
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] bytes = new byte[in.readInt()];
            in.readFully(bytes);
            texts.add(new String(bytes, StandardCharsets.UTF_8));
        }
        return kind == SCHEMA ? SchemaAnswer.known(id, texts) : SchemaAnswer.refused(id, texts.get(0));
    }
}
