package io.freshet.server.access;

import java.util.Set;

/**
 * The requests of both protocols that ask whether the server is live or ready. Anyone may ask, without a token and by any name,
 * because those who start and stop servers know neither.
 */
public final class HealthCheck {
    private static final Set<String> PATHS = Set.of(
            "/v2/health/live",
            "/v2/health/ready",
            "/inference.GRPCInferenceService/ServerLive",
            "/inference.GRPCInferenceService/ServerReady",
            "/grpc.health.v1.Health/Check");

    private HealthCheck() {}

    /** Returns whether a path is that of such a request. */
    public static boolean isAt(String path) {
        return PATHS.contains(path);
    }
}
