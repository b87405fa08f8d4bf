package io.freshet.job.record;

import io.freshet.learning.learner.FieldCodec;
import io.freshet.learning.learner.FlatArrays;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * The headers of a Kafka record, in order. Most records have none.
 *
 * @param names length n; a name may occur more than once
 * @param values length n; null where a header has no value
 */
public record RecordHeaders(String[] names, byte[] @Nullable [] values) {
    /** Upper bound on the encoded lengths of a header's name and value. */
    private static final int HEADER_BYTES = 10;

    public static final RecordHeaders NONE = new RecordHeaders(new String[0], new byte[0][]);

    /** Returns headers in the map's order. */
    public static RecordHeaders of(Map<String, byte[]> headers) {
        return NONE.with(headers);
    }

    public int count() {
        return names.length;
    }

    /** Returns a tight upper bound on their bytes in a Kafka record. */
    long bytes() {
        long bytes = 0;
        for (int i = 0; i < names.length; i++) {
            byte[] value = values[i];
            bytes += HEADER_BYTES + Utils.utf8Length(names[i]) + (value == null ? 0 : value.length);
        }
        return bytes;
    }

    /** Returns these headers, without those that {@code added} names too, followed by {@code added}. */
    RecordHeaders with(Map<String, byte[]> added) {
        String[] allNames = new String[names.length + added.size()];
        byte[][] allValues = new byte[allNames.length][];
        int n = 0;
        for (int i = 0; i < names.length; i++) {
            if (!added.containsKey(names[i])) {
                allNames[n] = names[i];
                allValues[n++] = values[i];
            }
        }
        for (Map.Entry<String, byte[]> header : added.entrySet()) {
            allNames[n] = header.getKey();
            allValues[n++] = header.getValue();
        }
        return new RecordHeaders(Arrays.copyOf(allNames, n), Arrays.copyOf(allValues, n));
    }

    void write(DataOutputView out) throws IOException {
        out.writeInt(names.length);
        for (int i = 0; i < names.length; i++) {
            StringValue.writeString(names[i], out);
            FieldCodec.writeOptional(values[i], FlatArrays::writeBytes, out);
        }
    }

    static RecordHeaders read(DataInputView in) throws IOException {
        int count = in.readInt();
        if (count == 0) {
            return NONE;
        }
        String[] names = new String[count];
        byte[][] values = new byte[count][];
        for (int i = 0; i < count; i++) {
            names[i] = StringValue.readString(in);
            values[i] = FieldCodec.readOptional(FlatArrays::readBytes, in);
        }
        return new RecordHeaders(names, values);
    }
}
