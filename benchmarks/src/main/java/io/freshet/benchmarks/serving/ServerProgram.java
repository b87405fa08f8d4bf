package io.freshet.benchmarks.serving;

import io.freshet.benchmarks.JavaProcess;
import io.freshet.server.ModelServer;
import io.freshet.server.ServerOptions;

/** A model server of the broker that the argument names. */
public final class ServerProgram implements JavaProcess.Program {
    @Override
    public String start(String... arguments) {
        return ServerOptions.DEFAULT_HOST + ":"
                + ModelServer.start(ServerOptions.of(arguments[0]).withAddress(ServerOptions.DEFAULT_HOST, 0))
                        .port();
    }
}
