package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;

/** Reads the events that the server sends to its page. */
final class PageStream {
    private PageStream() {}

    record Tick(String id, JsonObject data) {
        /** Returns the samples of a model, or -1 if it has no row. */
        int samples(String model) {
            return data.getJsonArray("models").stream()
                    .map(row -> (JsonObject) row)
                    .filter(row -> row.getString("name").equals(model))
                    .mapToInt(row -> row.getInteger("samples", -1))
                    .findFirst()
                    .orElse(-1);
        }
    }

    /** Reads a new stream until a model has {@code samples}; returns the last tick, with the points of all ticks. */
    static Tick readUntil(RunningServer server, String lastEventId, String model, int samples) throws Exception {
        try (BufferedReader reader = open(server, lastEventId)) {
            Tick first = read(reader);
            Tick last = first;
            JsonObject learned = first.data.getJsonObject("learned");
            while (last.samples(model) != samples) {
                last = read(reader);
                last.data.getJsonObject("learned").forEach(more -> {
                    JsonObject curve = (JsonObject) more.getValue();
                    JsonArray before = learned.getJsonObject(more.getKey(), new JsonObject())
                            .getJsonArray("points", new JsonArray());
                    learned.put(more.getKey(), curve.put("points", before.addAll(curve.getJsonArray("points"))));
                });
            }
            last.data.put("learned", learned).put("reset", first.data.getBoolean("reset"));
            return last;
        }
    }

    static BufferedReader open(RunningServer server, String lastEventId) throws Exception {
        return open(server, "", lastEventId);
    }

    /** @param query such as {@code ?model=m}, or "" */
    static BufferedReader open(RunningServer server, String query, String lastEventId) throws Exception {
        var request = server.request("/ui/stream" + query);
        if (lastEventId != null) {
            request.header("Last-Event-ID", lastEventId);
        }
        HttpResponse<InputStream> response =
                HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofInputStream());
        assertThat(response.headers().firstValue("Content-Type")).hasValue("text/event-stream");
        return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    static Tick read(BufferedReader reader) throws Exception {
        String id = reader.readLine();
        assertThat(reader.readLine()).isEqualTo("event: tick");
        JsonObject data = new JsonObject(reader.readLine().substring("data: ".length()));
        assertThat(reader.readLine()).isEmpty();
        return new Tick(id.substring("id: ".length()), data);
    }
}
