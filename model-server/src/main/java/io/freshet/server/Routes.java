package io.freshet.server;

import io.freshet.server.access.AccessHandler;
import io.freshet.server.access.RequestGuard;
import io.freshet.server.http.InferHandler;
import io.freshet.server.http.InspectionRoutes;
import io.freshet.server.http.LearnRoutes;
import io.freshet.server.http.ProtocolRoutes;
import io.freshet.server.http.RepositoryRoutes;
import io.freshet.server.page.DocsRoutes;
import io.freshet.server.page.PageRoutes;
import io.vertx.ext.web.Router;

/**
 * All routes of REST and the page.
 *
 * @param infer handles requests to predict, most of which do not need a router
 */
record Routes(
        InferHandler infer,
        RequestGuard guard,
        AccessHandler access,
        ProtocolRoutes protocol,
        RepositoryRoutes repository,
        InspectionRoutes inspection,
        LearnRoutes learn,
        PageRoutes page,
        DocsRoutes docs) {
    void mount(Router router) {
        guard.mount(router);
        access.mount(router);
        protocol.mount(router);
        repository.mount(router);
        inspection.mount(router);
        learn.mount(router);
        page.mount(router);
        docs.mount(router);
    }
}
