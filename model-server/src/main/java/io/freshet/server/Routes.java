package io.freshet.server;

import io.freshet.server.http.LearnRoutes;
import io.freshet.server.http.ProtocolRoutes;
import io.freshet.server.http.RepositoryRoutes;
import io.freshet.server.page.PageRoutes;
import io.vertx.ext.web.Router;

/** All routes of REST and the page. */
record Routes(ProtocolRoutes protocol, RepositoryRoutes repository, LearnRoutes learn, PageRoutes page) {
    void mount(Router router) {
        protocol.mount(router);
        repository.mount(router);
        learn.mount(router);
        page.mount(router);
    }
}
