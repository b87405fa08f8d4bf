package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Would catch a client that is told that there is no model, because it used another method. */
class OtherMethodsIT {
    @Test
    void every_path_names_the_methods_that_it_supports() throws Exception {
        Map<String, Set<String>> methods = new TreeMap<>();
        for (AllRoutes.Method route : AllRoutes.of()) {
            Set<String> ofPath = methods.computeIfAbsent(route.path(), path -> new TreeSet<>());
            ofPath.add(route.name());
            if (route.name().equals("GET")) {
                ofPath.add("HEAD");
            }
        }
        try (RunningServer server = new RunningServer(
                ServerOptions.of("unused:1").withAddress("127.0.0.1", 0).withToken("s3cret"))) {
            for (Map.Entry<String, Set<String>> path : methods.entrySet()) {
                HttpResponse<String> response =
                        server.send(server.request(path.getKey().replaceAll(":(model|version|label|key)\\b", "x"))
                                .header("Authorization", "Bearer s3cret")
                                .header("Content-Type", "application/json")
                                .method("PUT", HttpRequest.BodyPublishers.noBody()));

                assertThat(response.statusCode()).as(path.getKey()).isEqualTo(405);
                assertThat(response.headers().firstValue("Allow"))
                        .as(path.getKey())
                        .hasValue(String.join(", ", path.getValue()));
            }
        }
    }
}
