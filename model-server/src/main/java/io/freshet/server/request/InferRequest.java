package io.freshet.server.request;

import io.freshet.server.body.RequestException;
import io.freshet.server.body.RequestExcerpt;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An inference request.
 *
 * @param id echoed in the response, or null
 * @param rows the length of every input, at least 1
 * @param inputs the columns, at least one
 * @param outputs the requested outputs, in order; empty for all
 * @param parameters the parameters of the request
 */
public record InferRequest(
        @Nullable String id,
        int rows,
        List<InputTensor> inputs,
        List<RequestedOutput> outputs,
        RequestParameters parameters) {

    /**
     * Returns a request.
     *
     * @param inputs null if the request has none
     * @throws RequestException if there are no inputs, or they differ in their number of rows
     */
    public static InferRequest of(
            @Nullable String id,
            @Nullable List<InputTensor> inputs,
            List<RequestedOutput> outputs,
            RequestParameters parameters)
            throws RequestException {
        if (inputs == null || inputs.isEmpty()) {
            throw RequestException.bad(
                    "inputs", inputs == null ? "missing" : "empty", "a tensor for each field of the model");
        }
        int rows = inputs.get(0).rows();
        for (InputTensor input : inputs) {
            if (input.rows() != rows) {
                throw RequestException.bad(
                        RequestExcerpt.name(input.name()) + ".shape",
                        "[" + input.rows() + "]",
                        "[" + rows + "], like "
                                + RequestExcerpt.name(inputs.get(0).name()));
            }
        }
        return new InferRequest(id, rows, inputs, outputs, parameters);
    }

    /** Returns this request with an id. */
    public InferRequest withId(String given) {
        return new InferRequest(given, rows, inputs, outputs, parameters);
    }

    /** Returns this request for all outputs, without parameters except whether it is logged. */
    public InferRequest withoutOutputs() {
        return new InferRequest(id, rows, inputs, List.of(), parameters.withoutOutputs());
    }

    /** Returns about how much memory the inputs need. */
    public long bytes() {
        long bytes = 0;
        for (InputTensor input : inputs) {
            bytes += input.data().bytes();
        }
        return bytes;
    }

    /** Returns the length of all texts together. */
    public long characters() {
        long characters = 0;
        for (InputTensor input : inputs) {
            for (String text : input.data().texts()) {
                characters += text == null ? 0 : text.length();
            }
        }
        return characters;
    }

    /** Returns whether to return the values of an output in binary form. */
    public boolean isBinary(String output) {
        for (RequestedOutput requested : outputs) {
            if (requested.name().equals(output) && requested.binary() != null) {
                return requested.binary();
            }
        }
        return parameters.binaryOutput();
    }
}
