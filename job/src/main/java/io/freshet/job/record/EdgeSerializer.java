package io.freshet.job.record;

import java.io.IOException;
import java.io.Serializable;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/**
 * Serializes values that cross edges of the job graph, and write themselves. The serializer is never part of a checkpoint.
 *
 * @param <T> type of the values
 */
public final class EdgeSerializer<T extends EdgeSerializer.Value> extends ValueSerializer<T> {
    private static final long serialVersionUID = 1;

    private final Class<T> type;
    private final Reader<T> reader;

    /** A value that writes itself. */
    public interface Value {
        void write(DataOutputView out) throws IOException;
    }

    /** Reads what a value wrote. */
    public interface Reader<T> extends Serializable {
        T read(DataInputView in) throws IOException;
    }

    private EdgeSerializer(Class<T> type, Reader<T> reader) {
        this.type = type;
        this.reader = reader;
    }

    public static <T extends Value> TypeInformation<T> type(Class<T> type, Reader<T> reader) {
        return typeInformation(type, new EdgeSerializer<>(type, reader));
    }

    @Override
    public void serialize(T value, DataOutputView out) throws IOException {
        value.write(out);
    }

    @Override
    public T deserialize(DataInputView in) throws IOException {
        return reader.read(in);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof EdgeSerializer<?> that && type.equals(that.type);
    }

    @Override
    public int hashCode() {
        return type.hashCode();
    }
}
