package io.freshet.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.WireFormat;
import io.freshet.server.Allocations;
import io.freshet.server.grpc.proto.InferTensorContents;
import io.freshet.server.grpc.proto.ModelInferRequest;
import io.freshet.server.grpc.proto.ModelInferRequest.InferInputTensor;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Small messages that declare or repeat much. Would catch an array of a size that only the message claims. */
class HostileMessagesTest {
    private static final int BYTES_PER_BYTE = 64;
    private static final int BYTES = 256 << 10;
    private static final int MANY = 100_000;
    private static final int FIRST_UNKNOWN = 1_000;

    private static final Map<String, byte[]> MESSAGES = new TreeMap<>(Map.of(
            "texts that are not there",
            raw("BYTES", ByteString.EMPTY, 1, 1 << 24),
            "a text of two gigabytes",
            raw("BYTES", ByteString.copyFrom(new byte[] {-1, -1, -1, 127}), 1),
            "numbers that are not there",
            raw("FP64", ByteString.EMPTY, 1, 1 << 24),
            "a large shape of typed values",
            message(input("FP64", 1, 1 << 24)
                    .setContents(InferTensorContents.newBuilder().addFp64Contents(1))),
            "many dimensions",
            message(input("FP64").addAllShape(Collections.nCopies(MANY, 1L))),
            "many empty inputs",
            repeated(ModelInferRequest.INPUTS_FIELD_NUMBER),
            "many empty outputs",
            repeated(ModelInferRequest.OUTPUTS_FIELD_NUMBER),
            "many empty raw contents",
            repeated(ModelInferRequest.RAW_INPUT_CONTENTS_FIELD_NUMBER),
            "many different unknown fields of an input",
            message(input("FP64", 1).setUnknownFields(unknown())),
            "a length of two gigabytes",
            new byte[] {0x2a, -1, -1, -1, -1, 7}));

    static final Iterable<String> NAMES = MESSAGES.keySet();

    @ParameterizedTest
    @FieldSource("NAMES")
    void memory_is_proportional_to_the_bytes_received(String name) {
        byte[] message = MESSAGES.get(name);
        Buffer body =
                Buffer.buffer().appendByte((byte) 0).appendInt(message.length).appendBytes(message);

        long allocated = Allocations.of(
                () -> RequestMessages.read(GrpcMessage.read(body, null, 1 << 22, ModelInferRequest.parser()), 10_000));

        assertThat(allocated).isLessThan(BYTES + (long) BYTES_PER_BYTE * message.length);
    }

    private static byte[] raw(String datatype, ByteString contents, long... shape) {
        return ModelInferRequest.newBuilder()
                .addInputs(input(datatype, shape))
                .addRawInputContents(contents)
                .build()
                .toByteArray();
    }

    private static byte[] message(InferInputTensor.Builder input) {
        return ModelInferRequest.newBuilder().addInputs(input).build().toByteArray();
    }

    private static InferInputTensor.Builder input(String datatype, long... shape) {
        InferInputTensor.Builder input =
                InferInputTensor.newBuilder().setName("a").setDatatype(datatype);
        for (long size : shape) {
            input.addShape(size);
        }
        return input;
    }

    private static UnknownFieldSet unknown() {
        UnknownFieldSet.Builder fields = UnknownFieldSet.newBuilder();
        for (int i = 0; i < MANY; i++) {
            fields.mergeVarintField(FIRST_UNKNOWN + i, 0);
        }
        return fields.build();
    }

    /** Returns a message with many empty parts in one field. */
    private static byte[] repeated(int field) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream to = CodedOutputStream.newInstance(bytes);
        try {
            for (int i = 0; i < MANY; i++) {
                to.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
                to.writeUInt32NoTag(0);
            }
            to.flush();
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }
}
