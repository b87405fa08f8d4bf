package io.freshet.server.grpc;

import com.google.protobuf.ByteString;
import io.freshet.server.body.RequestException;
import io.freshet.server.body.RequestExcerpt;
import io.freshet.server.grpc.proto.InferTensorContents;
import io.freshet.server.request.Datatype;
import io.freshet.server.request.TensorData;
import io.freshet.server.request.TensorHeader;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/** Reads the values of an input from the field of its datatype. */
final class TensorContents {
    private TensorContents() {}

    /** @throws RequestException if the datatype has no field, another field has values, or a text is not UTF-8 */
    static TensorData read(TensorHeader header, InferTensorContents contents) throws RequestException {
        Datatype datatype = header.datatype();
        String label = RequestExcerpt.name(header.name());
        TensorData data = switch (datatype) {
            case BOOL -> numbers(datatype, contents.getBoolContentsCount(), i -> contents.getBoolContents(i) ? 1 : 0);
            case INT8, INT16, INT32 -> numbers(datatype, contents.getIntContentsCount(), contents::getIntContents);
            case INT64 -> numbers(datatype, contents.getInt64ContentsCount(), contents::getInt64Contents);
            case UINT8, UINT16, UINT32 ->
                numbers(
                        datatype,
                        contents.getUintContentsCount(),
                        i -> Integer.toUnsignedLong(contents.getUintContents(i)));
            case UINT64 ->
                numbers(
                        datatype,
                        contents.getUint64ContentsCount(),
                        i -> TensorData.unsigned(contents.getUint64Contents(i)));
            case FP32 -> numbers(datatype, contents.getFp32ContentsCount(), contents::getFp32Contents);
            case FP64 -> numbers(datatype, contents.getFp64ContentsCount(), contents::getFp64Contents);
            case BYTES -> TensorData.texts(texts(label, contents.getBytesContentsList()));
            case FP16, BF16 ->
                throw RequestException.bad(
                        label + ".contents", datatype, "raw_input_contents, because " + datatype + " has no field");
        };
        if (data.size() != count(contents)) {
            throw RequestException.bad(
                    label + ".contents", "values in another field", "only values in the field of " + datatype);
        }
        return data;
    }

    private static TensorData numbers(Datatype datatype, int count, IntToDoubleFunction value) {
        double[] numbers = new double[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = value.applyAsDouble(i);
        }
        return TensorData.numbers(datatype, numbers);
    }

    private static String[] texts(String label, List<ByteString> contents) throws RequestException {
        String[] texts = new String[contents.size()];
        for (int i = 0; i < texts.length; i++) {
            if (!contents.get(i).isValidUtf8()) {
                throw RequestException.bad(label + ".data[" + i + "]", "not a text", "UTF-8 (BYTES)");
            }
            texts[i] = contents.get(i).toStringUtf8();
        }
        return texts;
    }

    private static int count(InferTensorContents contents) {
        return contents.getBoolContentsCount()
                + contents.getIntContentsCount()
                + contents.getInt64ContentsCount()
                + contents.getUintContentsCount()
                + contents.getUint64ContentsCount()
                + contents.getFp32ContentsCount()
                + contents.getFp64ContentsCount()
                + contents.getBytesContentsCount();
    }
}
