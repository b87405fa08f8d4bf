package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The description of the API. Would catch a route that is not described, and a description without a route. */
class OpenApiIT {
    private static RunningServer server;
    private static JsonObject document;

    @BeforeAll
    static void start() throws Exception {
        server = new RunningServer();
        document = new JsonObject(server.get("/v2/openapi.json").body());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void describes_every_route_of_the_api_and_no_other() throws Exception {
        Set<String> described = new TreeSet<>();
        document.getJsonObject("paths")
                .forEach(path -> ((JsonObject) path.getValue())
                        .fieldNames()
                        .forEach(method -> described.add(method.toUpperCase() + " " + path.getKey())));

        assertThat(described).isEqualTo(routes());
    }

    @Test
    void every_reference_exists() {
        Set<String> references = references(document);

        assertThat(references).isNotEmpty();
        for (String reference : references) {
            JsonObject at = document;
            for (String name : reference.substring(2).split("/", -1)) {
                at = at.getJsonObject(name);
                assertThat(at).as(reference).isNotNull();
            }
        }
    }

    @Test
    void shows_the_description_without_other_hosts() throws Exception {
        HttpResponse<String> page = server.get("/docs");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).doesNotContain("http:").doesNotContain("https:");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .startsWith("default-src 'none'; script-src 'self';");
        for (String file : new String[] {
            "/docs/docs.js", "/webjars/swagger-ui/swagger-ui-bundle.js", "/webjars/swagger-ui/swagger-ui.css"
        }) {
            assertThat(server.get(file).statusCode()).as(file).isEqualTo(200);
        }
    }

    private static Set<String> routes() throws Exception {
        return AllRoutes.of().stream()
                .filter(route -> route.path().startsWith("/v1")
                        || route.path().startsWith("/v2")
                        || route.path().equals("/metrics"))
                .map(route -> route.toString().replaceAll("/:([a-z]+)", "/{$1}"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> references(Object json) {
        Set<String> references = new TreeSet<>();
        if (json instanceof JsonObject object) {
            object.forEach(field -> {
                if (field.getKey().equals("$ref")) {
                    references.add(field.getValue().toString());
                }
                references.addAll(references(field.getValue()));
            });
        } else if (json instanceof JsonArray array) {
            array.forEach(each -> references.addAll(references(each)));
        }
        return references;
    }
}
