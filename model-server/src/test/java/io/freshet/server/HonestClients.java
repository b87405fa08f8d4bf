package io.freshet.server;

import io.freshet.server.grpc.proto.ModelInferResponse;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Clients that send valid requests to a model that adds 1, over REST and gRPC, and check every response. */
final class HonestClients implements AutoCloseable {
    private final RunningServer server;
    private final GrpcClient grpc;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final AtomicLong rest = new AtomicLong();
    private final AtomicLong calls = new AtomicLong();
    private volatile boolean stopped;

    HonestClients(RunningServer server) {
        this.server = server;
        grpc = new GrpcClient(server.port());
        threads.execute(() -> repeat(this::overRest, rest));
        threads.execute(() -> repeat(this::overNewConnection, rest));
        threads.execute(() -> repeat(this::overGrpc, calls));
    }

    /** Returns the responses over REST, all of them right. */
    long rest() {
        return rest.get();
    }

    /** Returns the responses over gRPC, all of them right. */
    long calls() {
        return calls.get();
    }

    List<String> failures() {
        return failures;
    }

    /** @param infer returns the prediction for a number */
    private interface Client {
        String infer(int value) throws Exception;
    }

    private void repeat(Client client, AtomicLong count) {
        for (int value = 0; !stopped; value = (value + 1) % 1_000) {
            try {
                String answer = client.infer(value);
                if (!answer.equals(value + 1 + ".0")) {
                    failures.add(value + ": " + answer);
                }
            } catch (Exception e) {
                failures.add(value + ": " + e);
            }
            count.incrementAndGet();
        }
    }

    private String overRest(int value) throws Exception {
        HttpResponse<String> response = server.post("/v2/models/m/infer", body(value));
        return response.statusCode() == 200 ? prediction(response.body()) : response.toString() + response.body();
    }

    private String overNewConnection(int value) throws IOException {
        String body = body(value);
        RawHttp.Response response = RawHttp.exchange(
                server.port(),
                "POST /v2/models/m/infer HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: " + body.length()
                        + "\r\n\r\n" + body);
        return response.status() == 200 ? prediction(response.text()) : response.head() + response.text();
    }

    private String overGrpc(int value) {
        ModelInferResponse response = grpc.call(
                "ModelInfer",
                GrpcRequests.request("m")
                        .addInputs(GrpcRequests.input("a", "FP64", 1).setContents(GrpcRequests.fp64(value)))
                        .build(),
                ModelInferResponse.getDefaultInstance());
        return String.valueOf(response.getOutputs(0).getContents().getFp32Contents(0));
    }

    private static String body(int value) {
        return InferBodies.inputs(InferBodies.tensor("a", "[1]", "FP64", "[" + value + "]"));
    }

    private static String prediction(String body) {
        return new JsonObject(body)
                .getJsonArray("outputs")
                .getJsonObject(0)
                .getJsonArray("data")
                .getValue(0)
                .toString();
    }

    @Override
    public void close() throws InterruptedException {
        stopped = true;
        threads.shutdown();
        if (!threads.awaitTermination(20, TimeUnit.SECONDS)) {
            failures.add("a request without a response");
        }
        grpc.close();
    }
}
