package io.freshet.cli.conformance;

import static io.freshet.cli.conformance.Check.expect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.cli.conformance.Check.Skipped;
import java.util.List;

/** What a server must do over REST. */
final class RestChecks {
    private static final String PROTOCOL = "REST";

    private final RestServer server;
    private final String model;
    private final SampleInputs samples;

    RestChecks(RestServer server, String model, SampleInputs samples) {
        this.server = server;
        this.model = model;
        this.samples = samples;
    }

    List<Check> all() {
        return List.of(
                check("reports its name, version, and extensions", this::serverMetadata),
                check("is live", () -> live("/v2/health/live")),
                check("is ready", () -> live("/v2/health/ready")),
                check("has the model ready", () -> live(path("/ready"))),
                check("describes the model", this::modelMetadata),
                check("predicts, with values that match their shapes", this::infer),
                check("returns the id of a request", this::id),
                check("returns only the requested output", this::output),
                check(
                        "rejects an unknown model",
                        () -> server.get("/v2/models/no-such-model-1").error()),
                check(
                        "rejects a body that is not JSON",
                        () -> server.post(path("/infer"), "{").error()),
                check(
                        "rejects a request without inputs",
                        () -> server.post(path("/infer"), "{}").error()),
                check("rejects values that do not match their shape", this::wrongShape),
                check("rejects an unknown datatype", this::wrongDatatype),
                check("rejects an unknown output", this::wrongOutput),
                check("lists its repository, if it has the extension", this::index),
                check("reports statistics, if it has the extension", this::statistics));
    }

    JsonNode metadata() throws Exception {
        return server.get(path("")).ok();
    }

    boolean supports(String extension) throws Exception {
        for (JsonNode each : server.get("/v2").ok().path("extensions")) {
            if (each.asText().equals(extension)) {
                return true;
            }
        }
        return false;
    }

    private void serverMetadata() throws Exception {
        JsonNode body = server.get("/v2").ok();
        expect(body.path("name").isTextual(), "name: " + body.path("name"), "a string");
        expect(body.path("version").isTextual(), "version: " + body.path("version"), "a string");
        expect(body.path("extensions").isArray(), "extensions: " + body.path("extensions"), "an array");
    }

    private void live(String path) throws Exception {
        int status = server.get(path).status();
        expect(status == 200, "status " + status, "200");
    }

    private void modelMetadata() throws Exception {
        JsonNode body = metadata();
        expect(body.path("name").asText().equals(model), "name: " + body.path("name"), model);
        for (String field : List.of("inputs", "outputs")) {
            expect(!body.path(field).isEmpty(), field + ": none", "at least one tensor");
            for (JsonNode tensor : body.path(field)) {
                expect(tensor.path("name").isTextual(), field + ": " + tensor, "a name");
                expect(tensor.path("datatype").isTextual(), field + ": " + tensor, "a datatype");
                expect(tensor.path("shape").isArray(), field + ": " + tensor, "a shape");
            }
        }
    }

    private void infer() throws Exception {
        JsonNode response = infer(samples.request(metadata()));
        expect(response.path("model_name").asText().equals(model), "model_name: " + response.path("model_name"), model);
        expect(!response.path("outputs").isEmpty(), "outputs: none", "at least one tensor");
        for (JsonNode output : response.path("outputs")) {
            int values = SampleInputs.values(output);
            expect(
                    output.path("data").size() == values,
                    output.path("name") + ": " + output.path("data").size() + " values",
                    values + ", for shape " + output.path("shape"));
        }
    }

    private void id() throws Exception {
        JsonNode response = infer(samples.request(metadata()).put("id", "a b"));
        expect(response.path("id").asText().equals("a b"), "id: " + response.path("id"), "a b");
    }

    private void output() throws Exception {
        JsonNode metadata = metadata();
        String first = metadata.path("outputs").path(0).path("name").asText();
        ObjectNode request = samples.request(metadata);
        request.putArray("outputs").addObject().put("name", first);
        JsonNode outputs = infer(request).path("outputs");
        expect(
                outputs.size() == 1 && outputs.path(0).path("name").asText().equals(first),
                "outputs: " + outputs.findValuesAsText("name"),
                first);
    }

    private void wrongShape() throws Exception {
        ObjectNode request = samples.request(metadata());
        ((ObjectNode) request.path("inputs").path(0)).putArray("shape").add(1_234_567);
        server.post(path("/infer"), request.toString()).error();
    }

    private void wrongDatatype() throws Exception {
        ObjectNode request = samples.request(metadata());
        ((ObjectNode) request.path("inputs").path(0)).put("datatype", "FP65");
        server.post(path("/infer"), request.toString()).error();
    }

    private void wrongOutput() throws Exception {
        ObjectNode request = samples.request(metadata());
        request.putArray("outputs").addObject().put("name", "no-such-output");
        server.post(path("/infer"), request.toString()).error();
    }

    private void index() throws Exception {
        require("model_repository");
        JsonNode index = server.post("/v2/repository/index", "{}").ok();
        expect(index.findValuesAsText("name").contains(model), "index: " + index, model);
    }

    private void statistics() throws Exception {
        require("statistics");
        JsonNode statistics = server.get(path("/stats")).ok().path("model_stats");
        expect(statistics.path(0).path("inference_count").isIntegralNumber(), "model_stats: " + statistics, "counts");
    }

    private void require(String extension) throws Exception {
        if (!supports(extension)) {
            throw new Skipped("no extension " + extension);
        }
    }

    private JsonNode infer(ObjectNode request) throws Exception {
        return server.post(path("/infer"), request.toString()).ok();
    }

    private String path(String action) {
        return "/v2/models/" + model + action;
    }

    private static Check check(String name, Check.Body body) {
        return new Check(PROTOCOL, name, body);
    }
}
