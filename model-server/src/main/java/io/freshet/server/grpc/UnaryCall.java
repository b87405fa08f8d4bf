package io.freshet.server.grpc;

import com.google.protobuf.Message;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.freshet.server.body.RequestException;

/**
 * A method with one message in and one out.
 *
 * @param parser parses the message of the request
 * @param blocks whether the action may wait, so that it must not run on an event loop
 * @param action returns the message of the response
 */
record UnaryCall<T extends Message>(Parser<T> parser, boolean blocks, Action<T> action) {
    interface Action<T extends Message> {
        MessageLite run(T message) throws RequestException;
    }

    static <T extends Message> UnaryCall<T> plain(Parser<T> parser, Action<T> action) {
        return new UnaryCall<>(parser, false, action);
    }

    static <T extends Message> UnaryCall<T> blocking(Parser<T> parser, Action<T> action) {
        return new UnaryCall<>(parser, true, action);
    }
}
