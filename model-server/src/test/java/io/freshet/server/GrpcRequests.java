package io.freshet.server;

import com.google.protobuf.ByteString;
import io.freshet.server.grpc.proto.InferTensorContents;
import io.freshet.server.grpc.proto.ModelInferRequest;
import io.freshet.server.grpc.proto.ModelInferRequest.InferInputTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Parts of requests over gRPC. */
final class GrpcRequests {
    private GrpcRequests() {}

    static ModelInferRequest.Builder request(String model) {
        return ModelInferRequest.newBuilder().setModelName(model);
    }

    static InferInputTensor.Builder input(String name, String datatype, long... shape) {
        InferInputTensor.Builder input =
                InferInputTensor.newBuilder().setName(name).setDatatype(datatype);
        for (long size : shape) {
            input.addShape(size);
        }
        return input;
    }

    static InferTensorContents.Builder fp64(double... values) {
        InferTensorContents.Builder contents = InferTensorContents.newBuilder();
        for (double value : values) {
            contents.addFp64Contents(value);
        }
        return contents;
    }

    /** Returns small whole numbers in the field of their datatype. */
    static InferTensorContents typed(String datatype, int... values) {
        InferTensorContents.Builder contents = InferTensorContents.newBuilder();
        for (int value : values) {
            switch (datatype) {
                case "BOOL" -> contents.addBoolContents(value == 1);
                case "INT64" -> contents.addInt64Contents(value);
                case "UINT8", "UINT16", "UINT32" -> contents.addUintContents(value);
                case "UINT64" -> contents.addUint64Contents(value);
                case "FP32" -> contents.addFp32Contents(value);
                case "FP64" -> contents.addFp64Contents(value);
                default -> contents.addIntContents(value);
            }
        }
        return contents.build();
    }

    /** Returns small whole numbers in binary form. */
    static ByteString raw(String datatype, int... values) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int value : values) {
            switch (datatype) {
                case "BOOL", "UINT8", "INT8" -> bytes.put((byte) value);
                case "UINT16", "INT16" -> bytes.putShort((short) value);
                case "UINT32", "INT32" -> bytes.putInt(value);
                case "FP16" -> bytes.putShort((short) (value == 0 ? 0 : 0x3c00));
                case "BF16" -> bytes.putShort((short) (Float.floatToIntBits(value) >> 16));
                case "FP32" -> bytes.putFloat(value);
                case "FP64" -> bytes.putDouble(value);
                default -> bytes.putLong(value);
            }
        }
        return ByteString.copyFrom(bytes.flip());
    }
}
