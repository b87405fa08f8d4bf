package io.freshet.server.grpc;

import com.google.protobuf.ByteString;
import io.freshet.server.body.RequestException;
import io.freshet.server.body.RequestExcerpt;
import io.freshet.server.grpc.proto.InferParameter;
import io.freshet.server.grpc.proto.InferTensorContents;
import io.freshet.server.grpc.proto.ModelInferRequest;
import io.freshet.server.grpc.proto.ModelInferRequest.InferInputTensor;
import io.freshet.server.request.InferRequest;
import io.freshet.server.request.InputTensor;
import io.freshet.server.request.RequestParameters;
import io.freshet.server.request.RequestedOutput;
import io.freshet.server.request.TensorHeader;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Turns messages of gRPC into inference requests. */
final class RequestMessages {
    private RequestMessages() {}

    /** @throws RequestException if the message is not a valid request */
    static InferRequest read(ModelInferRequest message, int maximumRows) throws RequestException {
        int binary = message.getRawInputContentsCount();
        if (binary > 0 && binary != message.getInputsCount()) {
            throw RequestException.bad("raw_input_contents", binary, message.getInputsCount() + ", one for each input");
        }
        List<InputTensor> inputs = new ArrayList<>(message.getInputsCount());
        for (int i = 0; i < message.getInputsCount(); i++) {
            InferInputTensor input = message.getInputs(i);
            requireOffered("inputs[" + i + "]", input.getParametersMap());
            inputs.add(
                    binary > 0
                            ? binary(input, message.getRawInputContents(i), maximumRows)
                            : typed(input, maximumRows));
        }
        List<RequestedOutput> outputs = new ArrayList<>(message.getOutputsCount());
        for (ModelInferRequest.InferRequestedOutputTensor output : message.getOutputsList()) {
            requireOffered("outputs[" + outputs.size() + "]", output.getParametersMap());
            outputs.add(new RequestedOutput(output.getName(), null));
        }
        return InferRequest.of(
                message.getId().isEmpty() ? null : message.getId(),
                inputs,
                outputs,
                RequestParameters.of(parameters(message.getParametersMap())));
    }

    private static void requireOffered(String path, Map<String, InferParameter> parameters) throws RequestException {
        for (String name : parameters.keySet()) {
            RequestParameters.requireOffered(path + ".parameters", name);
        }
    }

    private static InputTensor binary(InferInputTensor input, ByteString bytes, int maximumRows)
            throws RequestException {
        TensorHeader header = header(input, maximumRows);
        if (input.hasContents() && !input.getContents().equals(InferTensorContents.getDefaultInstance())) {
            throw RequestException.bad(
                    RequestExcerpt.name(input.getName()) + ".contents", "present", "none beside raw_input_contents");
        }
        return header.withBinary(bytes.asReadOnlyByteBuffer());
    }

    private static InputTensor typed(InferInputTensor input, int maximumRows) throws RequestException {
        TensorHeader header = header(input, maximumRows);
        return header.with(TensorContents.read(header, input.getContents()));
    }

    private static TensorHeader header(InferInputTensor input, int maximumRows) throws RequestException {
        return TensorHeader.of(input.getName(), input.getDatatype(), input.getShapeList(), maximumRows);
    }

    private static Map<String, Object> parameters(Map<String, InferParameter> parameters) throws RequestException {
        Map<String, Object> values = new LinkedHashMap<>();
        for (Map.Entry<String, InferParameter> parameter : parameters.entrySet()) {
            values.put(parameter.getKey(), scalar(parameter.getKey(), parameter.getValue()));
        }
        return values;
    }

    private static Object scalar(String name, InferParameter value) throws RequestException {
        return switch (value.getParameterChoiceCase()) {
            case BOOL_PARAM -> value.getBoolParam();
            case INT64_PARAM -> BigInteger.valueOf(value.getInt64Param());
            case UINT64_PARAM -> new BigInteger(Long.toUnsignedString(value.getUint64Param()));
            case DOUBLE_PARAM -> value.getDoubleParam();
            case STRING_PARAM -> value.getStringParam();
            case PARAMETERCHOICE_NOT_SET ->
                throw RequestException.bad(
                        "parameters." + RequestExcerpt.name(name), "no value", "a string, a number, or a boolean");
        };
    }
}
