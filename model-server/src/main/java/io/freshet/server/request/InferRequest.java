package io.freshet.server.request;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request to infer.
 *
 * @param id to be given back, or null
 * @param rows the length of every input, at least 1
 * @param inputs the columns, at least one
 * @param outputs names of those wanted, in order; empty for all
 */
public record InferRequest(@Nullable String id, int rows, List<InputTensor> inputs, List<String> outputs) {}
