package io.freshet.server;

import io.freshet.server.http.BearerToken;
import io.freshet.server.http.ProtocolRoutes;
import io.freshet.server.http.RepositoryRoutes;
import io.freshet.server.page.DocsRoutes;
import io.freshet.server.page.PageRoutes;
import io.vertx.ext.web.Router;
import org.jspecify.annotations.Nullable;

/**
 * All routes of REST and the page.
 *
 * @param token the check of all requests, or null
 */
record Routes(
        @Nullable BearerToken token,
        ProtocolRoutes protocol,
        RepositoryRoutes repository,
        PageRoutes page,
        DocsRoutes docs) {
    void mount(Router router) {
        if (token != null) {
            token.mount(router);
        }
        protocol.mount(router);
        repository.mount(router);
        page.mount(router);
        docs.mount(router);
    }
}
