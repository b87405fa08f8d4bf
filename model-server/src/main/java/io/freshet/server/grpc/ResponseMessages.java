package io.freshet.server.grpc;

import com.google.protobuf.UnsafeByteOperations;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.server.grpc.proto.InferParameter;
import io.freshet.server.grpc.proto.ModelInferResponse;
import io.freshet.server.grpc.proto.ModelInferResponse.InferOutputTensor;
import io.freshet.server.predict.BinaryOutput;
import io.freshet.server.predict.InferResponse;
import io.freshet.server.predict.ModelOutput;
import java.math.BigInteger;

/** Turns inference responses into messages of gRPC. */
final class ResponseMessages {
    private ResponseMessages() {}

    /** @param binary whether the values are in {@code raw_output_contents} */
    static ModelInferResponse write(InferResponse response, boolean binary) {
        ModelSpec spec = response.spec().spec();
        ModelInferResponse.Builder message = ModelInferResponse.newBuilder().setModelName(spec.name());
        if (!response.spec().isKeyed()) {
            message.setModelVersion(Long.toString(response.rows().set(0).version()));
        }
        if (response.request().id() != null) {
            message.setId(response.request().id());
        }
        response.parameters().forEach((name, value) -> message.putParameters(name, parameter(value)));
        for (ModelOutput output : response.outputs()) {
            InferOutputTensor.Builder tensor = InferOutputTensor.newBuilder()
                    .setName(output.label())
                    .setDatatype(output.datatype(spec).name());
            output.shape(spec, response.rows().count(), response.steps()).forEach(tensor::addShape);
            if (binary) {
                BinaryOutput values = new BinaryOutput(output.datatype(spec));
                output.write(response, values);
                message.addRawOutputContents(UnsafeByteOperations.unsafeWrap(values.bytes()));
            } else {
                output.write(response, new TypedOutput(output.datatype(spec), tensor.getContentsBuilder()));
            }
            message.addOutputs(tensor);
        }
        return message.build();
    }

    private static InferParameter parameter(Object value) {
        InferParameter.Builder parameter = InferParameter.newBuilder();
        if (value instanceof Boolean flag) {
            return parameter.setBoolParam(flag).build();
        } else if (value instanceof BigInteger number && number.bitLength() < Long.SIZE) {
            return parameter.setInt64Param(number.longValue()).build();
        } else if (value instanceof BigInteger number) {
            return parameter.setUint64Param(number.longValue()).build();
        } else if (value instanceof Long number) {
            return parameter.setInt64Param(number).build();
        } else if (value instanceof Double number) {
            return parameter.setDoubleParam(number).build();
        }
        return parameter.setStringParam(value.toString()).build();
    }
}
