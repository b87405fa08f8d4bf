package io.freshet.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;

/** Requests of HTTP/1 that a server must reject. Each attack is deterministic, given its source of random numbers. */
final class HttpAttacks {
    static final String ROW =
            "{\"id\": \"7\", \"parameters\": {\"explain\": false, \"color\": \"red\"}, \"inputs\": [{\"name\": \"a\","
                    + " \"shape\": [2, 1], \"datatype\": \"FP64\", \"data\": [[1.5], [-2e3]]}],"
                    + " \"outputs\": [{\"name\": \"prediction\", \"parameters\": {\"binary_data\": false}}]}";
    private static final String INSTANCES =
            "{\"signature_name\": \"s\", \"instances\": [{\"a\": 1.5}, {\"a\": true}, [-2e3], 7, {\"a\": 0, \"id\": \"7\"}]}";
    private static final String KEYED_INSTANCES =
            "{\"instances\": [{\"shop\": \"S1\", \"a\": 1.5}, {\"shop\": \"S2\", \"a\": 2}, [3, \"S1\"]]}";
    private static final String BINARY = "{\"inputs\": [{\"name\": \"a\", \"shape\": [3], \"datatype\": \"FP64\","
            + " \"parameters\": {\"binary_data_size\": 24}}], \"parameters\": {\"binary_data_output\": true}}";
    private static final String INFER = "POST /v2/models/m/infer HTTP/1.1\r\nHost: x\r\n";
    private static final String GET = "GET /v2/health/live HTTP/1.1\r\nHost: x\r\n";
    private static final String JSON = "Content-Type: application/json\r\n";
    private static final String CLOSE = "Connection: close\r\n\r\n";
    private static final List<String> PATHS = List.of(
            "/v2/models/m/infer",
            "/v2/models/m/versions/1/infer",
            "/v2/models/shops/infer",
            "/v2/models/nobody/infer",
            "/v2/models/m/learn",
            "/v2/models/m/feedback",
            "/v1/models/m:predict",
            "/v1/models/shops/versions/1:predict",
            "/v2/repository/index",
            "/v2/repository/models/m/load",
            "/session");
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3}) ");

    private final int port;
    private final int maximumBody;

    HttpAttacks(int port, int maximumBody) {
        this.port = port;
        this.maximumBody = maximumBody;
    }

    /** Returns the attacks by name. */
    Map<String, Attack> all() {
        return new TreeMap<>(Map.ofEntries(
                Map.entry("damaged JSON", this::damagedJson),
                Map.entry("damaged instances", this::damagedInstances),
                Map.entry("hostile instances", this::hostileInstances),
                Map.entry("damaged binary tensors", this::damagedBinary),
                Map.entry("damaged gzip", this::damagedGzip),
                Map.entry("damaged requests", this::damagedRequests),
                Map.entry("false lengths of tensors", this::falseLengths),
                Map.entry("floods of chunks", this::chunks),
                Map.entry("oversize requests", this::oversize),
                Map.entry("deep nesting", this::nesting),
                Map.entry("pages of other sites", this::pages),
                Map.entry("slow clients", this::slow),
                Map.entry("bodies that nobody reads", this::unreadBodies),
                Map.entry("resets", this::resets),
                Map.entry("pipelines", this::pipelines)));
    }

    private void damagedJson(Random random) throws IOException {
        for (int i = 0; i < 40; i++) {
            byte[] body = Mutations.of(ROW.getBytes(ISO_8859_1), random);
            exchange(request(PATHS.get(random.nextInt(PATHS.size())), "", body));
        }
    }

    private void damagedInstances(Random random) throws IOException {
        for (int i = 0; i < 40; i++) {
            boolean keyed = random.nextBoolean();
            byte[] body = Mutations.of((keyed ? KEYED_INSTANCES : INSTANCES).getBytes(ISO_8859_1), random);
            exchange(request(keyed ? "/v1/models/shops:predict" : "/v1/models/m:predict", "", body));
        }
    }

    /** Many rows, many fields, and values of the wrong kinds, each as many as fit into a body. */
    private void hostileInstances(Random random) throws IOException {
        StringBuilder fields = new StringBuilder();
        for (int i = 0; fields.length() < maximumBody - 100; i++) {
            fields.append(i == 0 ? "" : ", ").append("\"f").append(i).append("\": 1");
        }
        for (String instances : List.of(
                "1,".repeat(5_000) + "1",
                "{},".repeat(2_000) + "{}",
                "{" + fields + "}",
                "{\"a\": [" + "1,".repeat(5_000) + "1]}",
                "{\"a\": \"" + "x".repeat(10_000) + "\"}",
                "{\"a\": " + "9".repeat(10_000) + "}",
                "[".repeat(5_000),
                "{\"a\": ".repeat(1_000))) {
            byte[] body = ("{\"instances\": [" + instances + "]}").getBytes(ISO_8859_1);
            assertThat(exchange(request("/v1/models/m:predict", "", body)))
                    .as(() -> instances.substring(0, Math.min(40, instances.length())))
                    .isEqualTo(400);
        }
    }

    private void damagedBinary(Random random) throws IOException {
        byte[] json = BINARY.getBytes(ISO_8859_1);
        byte[] body = Buffer.buffer(json)
                .appendDoubleLE(1)
                .appendDoubleLE(2)
                .appendDoubleLE(3)
                .getBytes();
        for (int i = 0; i < 30; i++) {
            int length = random.nextInt(3) == 0 ? random.nextInt(2 * json.length) - 20 : json.length;
            exchange(request(
                    PATHS.get(0),
                    "Inference-Header-Content-Length: " + length + "\r\n",
                    random.nextBoolean() ? body : Mutations.of(body, random)));
        }
    }

    private void damagedGzip(Random random) throws IOException {
        byte[] body = gzip(ROW);
        for (int i = 0; i < 20; i++) {
            exchange(request(PATHS.get(random.nextInt(3)), "Content-Encoding: gzip\r\n", Mutations.of(body, random)));
        }
        assertThat(exchange(request(PATHS.get(0), "Content-Encoding: gzip\r\n", gzip(" ".repeat(1 << 22)))))
                .isEqualTo(413);
    }

    /** Damages the line and headers, too. */
    private void damagedRequests(Random random) throws IOException {
        byte[] post =
                request(PATHS.get(0), "Accept-Encoding: gzip\r\nExpect: 100-continue\r\n", ROW.getBytes(ISO_8859_1));
        byte[] get = (GET + CLOSE).getBytes(ISO_8859_1);
        for (int i = 0; i < 60; i++) {
            finish(Mutations.of(random.nextBoolean() ? post : get, random));
        }
    }

    private void falseLengths(Random random) throws IOException {
        for (String shape :
                List.of("[4611686018427387904, 4]", "[-1]", "[0]", "[3]", "[1, 2, 3, 4, 5]", "[]", "[2.5]")) {
            int status = exchange(
                    request(PATHS.get(0), "", ROW.replace("[2, 1]", shape).getBytes(ISO_8859_1)));
            assertThat(status).as(shape).isEqualTo(400);
        }
        byte[] texts = BINARY.replace("[3]", "[1, 16777216]")
                .replace("FP64", "BYTES")
                .replace("24", "0")
                .getBytes(ISO_8859_1);
        assertThat(exchange(request(PATHS.get(0), "Inference-Header-Content-Length: " + texts.length + "\r\n", texts)))
                .isEqualTo(400);
        for (String size : List.of("-1", "0", "23", "25", "2147483648", "9223372036854775808", "1e3", "\"24\"")) {
            byte[] json = BINARY.replace("24", size).getBytes(ISO_8859_1);
            int status = exchange(request(
                    PATHS.get(0),
                    "Inference-Header-Content-Length: " + json.length + "\r\n",
                    Buffer.buffer(json).appendBytes(new byte[24]).getBytes()));
            assertThat(status).as(size).isEqualTo(400);
        }
    }

    /** What a browser sends for a page, and for one whose name was bound to the address of the server. */
    private void pages(Random random) throws IOException {
        byte[] body = ROW.getBytes(ISO_8859_1);
        for (String path : PATHS) {
            for (String origin : List.of("https://evil.example", "null", "http://x.evil.example")) {
                assertThat(exchange(request(path, "Origin: " + origin + "\r\n", body)))
                        .as(path)
                        .isEqualTo(403);
            }
            String bound = "POST " + path + " HTTP/1.1\r\nHost: evil.example\r\nContent-Length: " + body.length + "\r\n"
                    + CLOSE + ROW;
            assertThat(exchange(bound.getBytes(ISO_8859_1))).as(path).isEqualTo(421);
        }
    }

    private void chunks(Random random) throws IOException {
        String start = INFER + "Transfer-Encoding: chunked\r\n" + CLOSE;
        assertThat(finish((start + "1\r\n \r\n".repeat(maximumBody + 1)).getBytes(ISO_8859_1)))
                .isEqualTo(413);
        String size = Integer.toHexString(ROW.length());
        assertThat(finish((start + size + ";" + "x".repeat(random.nextInt(2_000)) + "\r\n" + ROW + "\r\n0\r\n\r\n")
                        .getBytes(ISO_8859_1)))
                .isIn(200, 400);
        for (String length : List.of("-1", "ffffffffffffffff", "80000000", "zz", "", " ")) {
            finish((start + length + "\r\n" + ROW + "\r\n0\r\n\r\n").getBytes(ISO_8859_1));
        }
        // A trailer that never ends.
        finish((start + size + "\r\n" + ROW + "\r\n0\r\n" + "X: y\r\n".repeat(20_000)).getBytes(ISO_8859_1));
    }

    private void oversize(Random random) throws IOException {
        byte[] large = " ".repeat(maximumBody + 1 + random.nextInt(maximumBody)).getBytes(ISO_8859_1);
        assertThat(finish(request(PATHS.get(0), "", large))).isEqualTo(413);
        assertThat(finish((INFER + "Content-Length: 9223372036854775807\r\n\r\n").getBytes(ISO_8859_1)))
                .isEqualTo(413);
        assertThat(finish((INFER + "Content-Length: 99999999999999999999\r\n\r\n").getBytes(ISO_8859_1)))
                .isEqualTo(400);
        assertThat(finish((GET + "X: " + "x".repeat(20_000) + "\r\n\r\n").getBytes(ISO_8859_1)))
                .isEqualTo(431);
        assertThat(finish((GET + "X: x\r\n".repeat(5_000) + "\r\n").getBytes(ISO_8859_1)))
                .isEqualTo(431);
        assertThat(finish(("GET /" + "x".repeat(5_000) + " HTTP/1.1\r\n\r\n").getBytes(ISO_8859_1)))
                .isEqualTo(414);
    }

    private void nesting(Random random) throws IOException {
        for (String open : List.of("[", "{\"a\":", "[{\"inputs\":")) {
            String deep = open.repeat(1_000 + random.nextInt(2_000));
            for (String body : List.of(
                    deep,
                    ROW.replace("[[1.5], [-2e3]]", deep),
                    ROW.replace("[2, 1]", deep),
                    ROW.replace("\"red\"", deep),
                    "{\"unknown\": " + deep)) {
                String path = PATHS.get(random.nextInt(PATHS.size()));
                assertThat(exchange(request(path, "", body.getBytes(ISO_8859_1))))
                        .as(path)
                        .isIn(400, 404, 413);
            }
        }
    }

    private void slow(Random random) throws IOException {
        byte[] request = request(PATHS.get(0), "", ROW.getBytes(ISO_8859_1));
        try (RawHttp abandoned = new RawHttp(port);
                RawHttp waiting = new RawHttp(port)) {
            abandoned.send(request);
            waiting.send(Arrays.copyOf(request, 1 + random.nextInt(request.length - 1)));
            assertThat(lastStatus(request, waiting.readBytes())).isEqualTo(408);
        }
    }

    /** Waits until the server gives up. */
    private void unreadBodies(Random random) throws IOException {
        String path =
                List.of("/v2", "/metrics", "/nowhere", "/v2/models/m/learn").get(random.nextInt(4));
        String method = List.of("GET", "HEAD", "POST").get(random.nextInt(3));
        try (RawHttp client = new RawHttp(port)) {
            client.send(method + " " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nx");
            byte[] response = client.readBytes();
            assertThat(lastStatus(path.getBytes(ISO_8859_1), response)).isIn(200, 404, 405, 415);
        }
    }

    private void resets(Random random) throws IOException {
        byte[] request = request(PATHS.get(random.nextInt(PATHS.size())), "", ROW.getBytes(ISO_8859_1));
        for (int i = 0; i < 100; i++) {
            try (RawHttp client = new RawHttp(port)) {
                client.send(Arrays.copyOf(request, 1 + random.nextInt(request.length)));
                client.reset();
            }
        }
    }

    /** Sends many requests before reading a response. */
    private void pipelines(Random random) throws IOException {
        int count = 1 + random.nextInt(200);
        String post = INFER + "Content-Length: " + ROW.length() + "\r\n\r\n" + ROW;
        try (RawHttp client = new RawHttp(port)) {
            client.send(post.repeat(count) + GET + CLOSE);

            String responses = new String(client.readBytes(), ISO_8859_1);

            assertThat(STATUS.matcher(responses).results().map(match -> match.group(1)))
                    .hasSize(count + 1)
                    .containsOnly("200");
        }
    }

    private static byte[] request(String path, String headers, byte[] body) {
        return Buffer.buffer("POST " + path + " HTTP/1.1\r\nHost: x\r\n" + JSON + headers + "Content-Length: "
                        + body.length + "\r\n" + CLOSE)
                .appendBytes(body)
                .getBytes();
    }

    /** Returns the status of the last response, or 0 if there is none, which is right for a request that is cut off. */
    private int exchange(byte[] request) throws IOException {
        try (RawHttp client = new RawHttp(port)) {
            client.send(request);
            return lastStatus(request, client.readBytes());
        }
    }

    /** Does the same, but ends the connection, so that the server does not wait for the rest of the request. */
    private int finish(byte[] request) throws IOException {
        try (RawHttp client = new RawHttp(port)) {
            client.send(request);
            client.finish();
            return lastStatus(request, client.readBytes());
        }
    }

    private static int lastStatus(byte[] request, byte[] response) {
        List<Integer> statuses = STATUS.matcher(new String(response, ISO_8859_1))
                .results()
                .map(match -> Integer.parseInt(match.group(1)))
                .toList();
        assertThat(statuses)
                .as(() -> "responses to " + new String(request, ISO_8859_1))
                .allMatch(status -> status < 500 || status == 503);
        return statuses.isEmpty() ? 0 : statuses.get(statuses.size() - 1);
    }

    static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream to = new GZIPOutputStream(bytes)) {
            to.write(text.getBytes(ISO_8859_1));
        }
        return bytes.toByteArray();
    }

    /** An attack, which fails if a response has the wrong status. */
    interface Attack {
        void run(Random random) throws Exception;
    }
}
