package io.freshet.server.store;

import org.jspecify.annotations.Nullable;

/**
 * A snapshot that was not served.
 *
 * @param version its version, or null if it could not be read that far
 * @param reason what is wrong with it
 */
public record Rejection(@Nullable String version, String reason) {}
