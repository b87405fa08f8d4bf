package io.freshet.server.request;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An inference request.
 *
 * @param id echoed in the response, or null
 * @param rows the length of every input, at least 1
 * @param inputs the columns, at least one
 * @param outputs names of the requested outputs, in order; empty for all
 * @param parameters the parameters of the request
 */
public record InferRequest(
        @Nullable String id, int rows, List<InputTensor> inputs, List<String> outputs, RequestParameters parameters) {}
