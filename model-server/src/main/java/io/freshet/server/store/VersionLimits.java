package io.freshet.server.store;

/**
 * Limits on the versions that the store keeps besides the served ones.
 *
 * @param versions maximum number of each model key
 * @param bytes maximum memory, over all models
 */
public record VersionLimits(int versions, long bytes) {
    public static final VersionLimits DEFAULT = new VersionLimits(10, 256L << 20);
}
