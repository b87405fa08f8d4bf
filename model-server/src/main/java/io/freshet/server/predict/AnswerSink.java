package io.freshet.server.predict;

import io.freshet.server.predict.outputs.InferResponse;

/** Receives the answers to requests. Does not block. */
@FunctionalInterface
public interface AnswerSink {
    /** Ignores all answers. */
    AnswerSink NONE = (response, shadow) -> {};

    /** @param shadow whether the rows were predicted without being returned */
    void accept(InferResponse response, boolean shadow);
}
