package io.freshet.server.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.vertx.core.json.JsonObject;

/** Turns what REST returns as JSON into messages of gRPC, whose fields have the same names. */
final class JsonMessages {
    private static final JsonFormat.Parser PARSER = JsonFormat.parser().ignoringUnknownFields();

    private JsonMessages() {}

    static <T extends Message.Builder> T read(JsonObject json, T message) {
        try {
            PARSER.merge(json.encode(), message);
            return message;
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the JSON of REST is not a message of gRPC", e);
        }
    }
}
