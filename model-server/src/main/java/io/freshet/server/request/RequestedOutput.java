package io.freshet.server.request;

import org.jspecify.annotations.Nullable;

/**
 * An output that a request names.
 *
 * @param binary whether to return its values in binary form, or null for the setting of the request
 */
public record RequestedOutput(String name, @Nullable Boolean binary) {}
