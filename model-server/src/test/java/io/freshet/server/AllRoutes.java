package io.freshet.server;

import io.freshet.server.access.Access;
import io.freshet.server.access.AccessHandler;
import io.freshet.server.access.AccessToken;
import io.freshet.server.access.AllowedHosts;
import io.freshet.server.access.RequestGuard;
import io.freshet.server.http.InspectionRoutes;
import io.freshet.server.http.LearnRoutes;
import io.freshet.server.http.Limits;
import io.freshet.server.http.ModelRepository;
import io.freshet.server.http.ProtocolRoutes;
import io.freshet.server.http.RepositoryRoutes;
import io.freshet.server.http.ServingContext;
import io.freshet.server.page.DocsRoutes;
import io.freshet.server.page.EventStream;
import io.freshet.server.page.PageRoutes;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import java.time.InstantSource;
import java.util.List;
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
        try {
            Router router = Router.router(vertx);
            ServingContext serving = new ServingContext(null, null, null, null, null, Limits.of(1, 1), null, null);
            Access access = new Access(List.of(AccessToken.of("s3cret")), false);
            new Routes(
                            null,
                            new RequestGuard(access, new AllowedHosts(List.of(), "127.0.0.1")),
                            new AccessHandler(access, false, null),
                            new ProtocolRoutes(serving, null, () -> null, any -> true, null, null),
                            new RepositoryRoutes(new ModelRepository(null, null), serving, null),
                            new InspectionRoutes(null, null, null),
                            new LearnRoutes(null, null, null, null, null, Limits.of(1, 1)),
                            new PageRoutes(new EventStream(null, null, InstantSource.system(), null, null), null),
                            new DocsRoutes(null))
                    .mount(router);
            Set<Method> methods = new TreeSet<>();
            router.getRoutes().stream()
                    .filter(route -> route.getPath() != null)
                    .forEach(route -> route.methods().stream()
                            .filter(method -> !method.equals(HttpMethod.HEAD))
                            .forEach(method -> methods.add(new Method(method.name(), route.getPath()))));
            return methods;
        } finally {
            vertx.close().await(10, TimeUnit.SECONDS);
        }
    }
}
