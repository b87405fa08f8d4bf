package io.freshet.cli.dev;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A client of the model server that asks about departing flights, and reports those that have landed.
 *
 * @param model address of the model: {@code http://host:port/v2/models/name}
 * @param token of the server, which is never printed; null for none
 */
record FlightDesk(HttpClient client, String model, @Nullable String token) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    /** A flight in the air. */
    record Airborne(Flight flight, long landing) {}

    /** @param server address of the server: {@code http://host:port} */
    static FlightDesk at(String server, @Nullable String token) {
        return new FlightDesk(HttpClient.newHttpClient(), server + "/v2/models/delays-loop", token);
    }

    /** Omits the token. */
    @Override
    public String toString() {
        return model;
    }

    /**
     * Asks which flights will be late.
     *
     * @param departure event time of the flights, milliseconds since 1970, UTC
     * @return the probability for each flight
     */
    List<Double> ask(List<Flight> flights, long departure) throws IOException, InterruptedException {
        ObjectNode request = JSON.createObjectNode();
        ArrayNode inputs = request.putArray("inputs");
        input(inputs, "id", "BYTES", flights, Flight::id);
        input(inputs, "event_time", "INT64", flights, flight -> departure);
        input(inputs, "minute_of_day", "FP64", flights, Flight::minuteOfDay);
        input(inputs, "day_of_week", "FP64", flights, Flight::dayOfWeek);
        input(inputs, "distance_miles", "FP64", flights, Flight::distanceMiles);
        input(inputs, "origin", "BYTES", flights, Flight::origin);
        input(inputs, "destination", "BYTES", flights, Flight::destination);
        for (JsonNode output : post("/infer", request).get("outputs")) {
            if (output.get("name").asText().equals("prediction")) {
                return JSON.convertValue(
                        output.get("data"), JSON.getTypeFactory().constructCollectionType(List.class, Double.class));
            }
        }
        throw new IOException(model + ": no output prediction");
    }

    private static void input(
            ArrayNode inputs, String name, String type, List<Flight> flights, Function<Flight, Object> value) {
        ObjectNode input = inputs.addObject().put("name", name).put("datatype", type);
        input.putArray("shape").add(flights.size());
        ArrayNode data = input.putArray("data");
        flights.forEach(flight -> data.addPOJO(value.apply(flight)));
    }

    /** Reports whether flights that have landed were late. */
    void report(List<Airborne> landed) throws IOException, InterruptedException {
        ObjectNode request = JSON.createObjectNode();
        ArrayNode outcomes = request.putArray("outcomes");
        for (Airborne airborne : landed) {
            outcomes.addObject()
                    .put("id", airborne.flight().id())
                    .put("value", airborne.flight().isDelayed() ? 1 : 0)
                    .put("time", airborne.landing());
        }
        post("/feedback", request);
    }

    private JsonNode post(String path, ObjectNode body) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(model + path))
                .timeout(TIMEOUT)
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)));
        if (token != null) {
            request.header("authorization", "Bearer " + token);
        }
        HttpResponse<byte[]> response = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        if (response.statusCode() != 200) {
            throw new IOException(
                    model + path + ": status " + response.statusCode() + ": " + new String(response.body(), UTF_8));
        }
        return JSON.readTree(response.body());
    }
}
