package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.server.HttpAttacks.Attack;
import io.freshet.server.grpc.proto.ModelInferRequest;
import io.netty.handler.codec.http2.Http2Headers;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/** Frames of HTTP/2 and messages of gRPC that a server must reject. */
final class Http2Attacks {
    private static final String INFER = "/inference.GRPCInferenceService/ModelInfer";
    private static final String WATCH = "/grpc.health.v1.Health/Watch";
    private static final List<String> PATHS = List.of(
            INFER,
            "/inference.GRPCInferenceService/ModelMetadata",
            "/inference.GRPCInferenceService/RepositoryModelLoad",
            "/inference.GRPCInferenceService/ModelStatistics",
            "/grpc.health.v1.Health/Check",
            "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
            "/inference.GRPCInferenceService/None");
    private static final byte[] NO_SETTINGS = {};
    /** A window of 0 bytes for responses. */
    private static final byte[] NO_WINDOW = {0, 4, 0, 0, 0, 0};
    /** Of gRPC: what a server must not report for what a client did. */
    private static final Set<String> FAULTS = Set.of("2", "13", "15");

    private static final String INVALID = "3";
    private static final String TOO_LARGE = "8";
    private static final String UNIMPLEMENTED = "12";

    private final int port;
    private final int maximumBody;

    Http2Attacks(int port, int maximumBody) {
        this.port = port;
        this.maximumBody = maximumBody;
    }

    /** Returns the attacks by name. */
    Map<String, Attack> all() {
        return new TreeMap<>(Map.of(
                "damaged protobuf", this::damagedMessages,
                "damaged frames", this::damagedFrames,
                "damaged headers", this::damagedHeaders,
                "false lengths of messages", this::falseLengths,
                "floods of frames", this::floods,
                "heads that never end", this::endlessHeads,
                "rapid resets", this::resets,
                "responses that are not read", this::unread,
                "responses that are never read", this::neverRead,
                "messages that never end", this::endless));
    }

    private void damagedMessages(Random random) throws IOException {
        byte[] message = request().toByteArray();
        for (int i = 0; i < 30; i++) {
            byte[] damaged = Mutations.of(message, random);
            call(PATHS.get(random.nextInt(PATHS.size())), framed(0, damaged.length, damaged));
        }
    }

    private void damagedFrames(Random random) throws IOException {
        byte[] message = request().toByteArray();
        byte[] valid = Buffer.buffer()
                .appendBytes(headers(1, PATHS.get(random.nextInt(PATHS.size()))))
                .appendBytes(data(1, framed(0, message.length, message)))
                .appendBytes(RawHttp2.frame(RawHttp2.PING, 0, 0, new byte[8]))
                .appendBytes(headers(3, INFER))
                .appendBytes(data(3, framed(0, message.length, message)))
                .getBytes();
        for (int i = 0; i < 30; i++) {
            try (RawHttp2 client = new RawHttp2(port, NO_SETTINGS)) {
                client.send(Mutations.of(valid, random));
                client.finish().forEach(Http2Attacks::check);
            }
        }
    }

    private void falseLengths(Random random) throws IOException {
        byte[] message = request().toByteArray();
        for (int length : new int[] {0, 1, message.length - 1, message.length + 1, Integer.MAX_VALUE, -1}) {
            assertThat(call(INFER, framed(0, length, message))).as("" + length).isEqualTo(INVALID);
        }
        for (int flag : new int[] {1, 2, 255}) {
            assertThat(call(INFER, framed(flag, message.length, message)))
                    .as("" + flag)
                    .isIn(INVALID, UNIMPLEMENTED);
        }
        byte[] bomb = HttpAttacks.gzip(" ".repeat(1 << 22));
        assertThat(call(INFER, framed(1, bomb.length, bomb), "grpc-encoding", "gzip"))
                .isEqualTo(TOO_LARGE);
        assertThat(call(INFER, framed(1, message.length, message), "grpc-encoding", "gzip"))
                .isEqualTo(INVALID);
        assertThat(call(INFER, Arrays.copyOf(framed(0, message.length, message), random.nextInt(5))))
                .isEqualTo(INVALID);
        assertThat(call(INFER, new byte[maximumBody + 1])).isEqualTo(TOO_LARGE);
    }

    private void floods(Random random) throws IOException {
        byte[] settings = RawHttp2.frame(RawHttp2.SETTINGS, 0, 0, NO_SETTINGS);
        byte[] ping = RawHttp2.frame(RawHttp2.PING, 0, 0, new byte[8]);
        byte[] empty = RawHttp2.frame(RawHttp2.DATA, 0, 1, new byte[0]);
        byte[] window = RawHttp2.frame(RawHttp2.WINDOW_UPDATE, 0, 0, new byte[] {127, -1, -1, -1});
        byte[] more = RawHttp2.frame(RawHttp2.CONTINUATION, 0, 1, new byte[] {0, 1, 'x', 1, 'y'});
        for (byte[] frame : List.of(settings, ping, empty, window, more)) {
            try (RawHttp2 client = new RawHttp2(port, NO_SETTINGS)) {
                client.send(RawHttp2.frame(
                        RawHttp2.HEADERS, frame == more ? 0 : RawHttp2.END_HEADERS, 1, RawHttp2.grpc(INFER)));
                byte[] many = repeat(frame, 200 + random.nextInt(200));
                for (int i = 0; i < 20 && client.send(many); i++) {}
                client.finish().forEach(Http2Attacks::check);
            }
        }
    }

    private void resets(Random random) throws IOException {
        try (RawHttp2 client = new RawHttp2(port, NO_SETTINGS)) {
            int stream = 1;
            byte[] message = request().toByteArray();
            byte[] cancel = {0, 0, 0, 8};
            for (int i = 0; i < 500; i++) {
                Buffer frames = Buffer.buffer(headers(stream, random.nextBoolean() ? INFER : WATCH));
                if (random.nextBoolean()) {
                    frames.appendBytes(data(stream, framed(0, message.length, message)));
                }
                frames.appendBytes(RawHttp2.frame(RawHttp2.RESET, 0, stream, cancel));
                if (!client.send(frames.getBytes())) {
                    break;
                }
                stream += 2;
            }
            client.finish().forEach(Http2Attacks::check);
        }
    }

    /** Leaves without reading responses, which the server must then discard. */
    private void unread(Random random) throws IOException {
        byte[] message = request().toByteArray();
        try (RawHttp2 client = new RawHttp2(port, NO_WINDOW)) {
            for (int stream = 1; stream < 2 * (1 + random.nextInt(100)); stream += 2) {
                client.send(headers(stream, INFER));
                client.send(data(stream, framed(0, message.length, message)));
            }
            check(client.next());
            client.reset();
        }
    }

    /** Keeps the connection, until the server closes it. */
    private void neverRead(Random random) throws IOException {
        byte[] message = request().toByteArray();
        try (RawHttp2 client = new RawHttp2(port, NO_WINDOW)) {
            for (int stream = 1; stream < 120; stream += 2) {
                client.send(random.nextBoolean() ? headers(stream, INFER) : get(stream, "/metrics"));
                client.send(data(stream, framed(0, message.length, message)));
            }
            client.readAll();
        }
    }

    private void endlessHeads(Random random) throws IOException {
        byte[] head = RawHttp2.head("GET", "/v2");
        try (RawHttp2 client = new RawHttp2(port, NO_SETTINGS)) {
            int length = random.nextInt(head.length);
            client.send(RawHttp2.frame(RawHttp2.HEADERS, 0, 1, Arrays.copyOf(head, length)));
            for (int i = random.nextInt(5); i > 0; i--) {
                client.send(RawHttp2.frame(RawHttp2.CONTINUATION, 0, 1, new byte[] {0, 1, 'x', 1, 'y'}));
            }
            client.readAll();
        }
    }

    private void damagedHeaders(Random random) throws IOException {
        try (RawHttp2 client = new RawHttp2(port, NO_SETTINGS)) {
            for (int stream = 1; stream < 60; stream += 2) {
                StringBuilder value = new StringBuilder();
                for (int i = random.nextInt(100); i >= 0; i--) {
                    value.append((char) random.nextInt(256));
                }
                char forbidden = "\r\n\0".charAt(random.nextInt(3));
                value.insert(random.nextInt(value.length() + 1), forbidden);

                RawHttp2.Response response =
                        client.exchange(stream, RawHttp2.head("GET", "/v2", "color", value.toString()));

                assertThat(response.status()).as(value.toString()).isEqualTo(400);
            }
        }
    }

    private static byte[] get(int stream, String path) throws IOException {
        return RawHttp2.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, stream, RawHttp2.head("GET", path));
    }

    /** Waits until the server gives up. */
    private void endless(Random random) throws IOException {
        byte[] message = request().toByteArray();
        try (RawHttp2 client = new RawHttp2(port, NO_SETTINGS)) {
            client.send(headers(1, PATHS.get(random.nextInt(5))));
            byte[] part = Arrays.copyOf(framed(0, message.length, message), 1 + random.nextInt(message.length));
            client.send(RawHttp2.frame(RawHttp2.DATA, 0, 1, part));
            assertThat(check(client.next())).isEqualTo("4");
        }
    }

    /** Returns the status of a call. */
    private String call(String path, byte[] body, String... headers) throws IOException {
        try (RawHttp2 client = new RawHttp2(port, NO_SETTINGS)) {
            client.send(RawHttp2.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, RawHttp2.grpc(path, headers)));
            client.send(data(1, body));
            Http2Headers first = client.next();
            String status = check(first);
            return status == null ? check(client.next()) : status;
        }
    }

    /** Returns the status of gRPC, or null if it follows. */
    private static String check(Http2Headers headers) {
        assertThat(headers).as("a response").isNotNull();
        if (headers.status() != null) {
            int status = Integer.parseInt(headers.status().toString());
            assertThat(status < 500 || status == 503).as(headers.toString()).isTrue();
        }
        CharSequence status = headers.get("grpc-status");
        assertThat(String.valueOf(status)).as(headers.toString()).isNotIn(FAULTS);
        return status == null ? null : status.toString();
    }

    private static byte[] headers(int stream, String path) throws IOException {
        return RawHttp2.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, stream, RawHttp2.grpc(path));
    }

    /** Returns the frames of a whole body. */
    private static byte[] data(int stream, byte[] body) {
        Buffer frames = Buffer.buffer();
        int from = 0;
        while (body.length - from > 16_384) {
            frames.appendBytes(
                    RawHttp2.frame(RawHttp2.DATA, 0, stream, Arrays.copyOfRange(body, from, from += 16_384)));
        }
        return frames.appendBytes(RawHttp2.frame(
                        RawHttp2.DATA, RawHttp2.END_STREAM, stream, Arrays.copyOfRange(body, from, body.length)))
                .getBytes();
    }

    private static byte[] framed(int flag, int length, byte[] message) {
        return Buffer.buffer()
                .appendByte((byte) flag)
                .appendInt(length)
                .appendBytes(message)
                .getBytes();
    }

    private static byte[] repeat(byte[] frame, int times) {
        Buffer frames = Buffer.buffer();
        for (int i = 0; i < times; i++) {
            frames.appendBytes(frame);
        }
        return frames.getBytes();
    }

    private static ModelInferRequest request() {
        return GrpcRequests.request("m")
                .setId("7")
                .addInputs(GrpcRequests.input("a", "FP64", 2))
                .addRawInputContents(GrpcRequests.raw("FP64", 1, 2))
                .build();
    }
}
