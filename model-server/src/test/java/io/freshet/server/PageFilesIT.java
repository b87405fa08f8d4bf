package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The page's files. */
@Timeout(60)
class PageFilesIT {
    private RunningServer server;

    @BeforeEach
    void start() {
        server = new RunningServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void references_only_resources_that_this_server_serves() throws Exception {
        Pattern reference = Pattern.compile("(?:href|src)=\"([^\"]+)\"|from \"([^\"]+)\"|EventSource\\(\"([^\"]+)\"");
        Set<String> seen = new HashSet<>();
        Deque<String> open = new ArrayDeque<>(List.of("/", "/models/m"));
        while (!open.isEmpty()) {
            String page = open.remove();
            HttpResponse<String> response = server.get(page);
            assertThat(response.statusCode()).as(page).isEqualTo(200);
            assertThat(response.headers().firstValue("Content-Security-Policy").orElse(""))
                    .startsWith("default-src 'none'; script-src 'self'")
                    .doesNotContain("unsafe");
            Matcher matcher = reference.matcher(response.body());
            while (matcher.find()) {
                String path = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
                // The description of the API has a policy of its own, which OpenApiIT tests.
                if (path != null && !path.startsWith("#") && !path.equals("/docs")) {
                    assertThat(path).startsWith("/");
                    if (seen.add(path)) {
                        open.add(path);
                    }
                }
            }
        }
        assertThat(seen).contains("/ui/page.js", "/ui/zoom.js", "/webjars/uplot/uPlot.esm.js");
    }

    @Test
    void serves_no_other_files_of_the_class_path() throws Exception {
        assertThat(server.get("/webjars/uplot/LICENSE").body()).contains("MIT");
        for (String path : new String[] {
            "/webjars/uplot/package.json",
            "/webjars/uplot/..%2F..%2Fuplot/LICENSE",
            "/ui/..%2Fpage.js",
            "/ui/PageRoutes.class",
            "/META-INF/MANIFEST.MF"
        }) {
            assertThat(server.get(path).statusCode()).as(path).isEqualTo(404);
        }
    }
}
