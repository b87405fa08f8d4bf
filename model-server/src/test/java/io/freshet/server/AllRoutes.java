package io.freshet.server;

import io.freshet.server.inspect.FakeDeadLetterTopic;
import io.freshet.server.inspect.FakeTopics;
import io.freshet.server.store.VersionLimits;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import java.time.InstantSource;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** Every route that the server mounts. */
final class AllRoutes {
    private AllRoutes() {}

    /** A method and a path such as {@code /v2/models/:model}. */
    record Method(String name, String path) implements Comparable<Method> {
        @Override
        public int compareTo(Method other) {
            return toString().compareTo(other.toString());
        }

        @Override
        public String toString() {
            return name + " " + path;
        }
    }

    /** Returns the methods of all routes of a server with a token, which also has those of sessions. */
    static Set<Method> of() throws Exception {
        Vertx vertx = Vertx.vertx();
        ServerOptions options = ServerOptions.of("unused:1").withToken("s3cret");
        InstantSource clock = InstantSource.system();
        try (ServerState state = new ServerState(VersionLimits.DEFAULT, clock);
                ModelServices models = new ModelServices(
                        options,
                        state,
                        new Readiness(() -> true, () -> null, state, null),
                        ModelServer.recent(
                                options.endpoint(), new FakeDeadLetterTopic()::open, new FakeTopics()::open, clock))) {
            Router router = Router.router(vertx);
            new Routes(vertx, options, state, models).mount(router);
            Set<Method> methods = new TreeSet<>();
            router.getRoutes().stream()
                    .filter(route -> route.getPath() != null && route.methods() != null)
                    .forEach(route -> route.methods().stream()
                            .filter(method -> !method.equals(HttpMethod.HEAD))
                            .forEach(method -> methods.add(new Method(method.name(), path(method, route)))));
            return methods;
        } finally {
            vertx.close().await(10, TimeUnit.SECONDS);
        }
    }

    /** Returns a path as clients send it: the last segment of those of V1 to predict ends with a verb. */
    private static String path(HttpMethod method, Route route) {
        boolean predicts = method.equals(HttpMethod.POST) && route.getPath().startsWith("/v1/");
        return route.getPath() + (predicts ? ":predict" : "");
    }
}
