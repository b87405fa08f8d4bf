package io.freshet.server.store;

/**
 * Limits on the versions that the store keeps besides the served ones.
 *
 * @param versions number of the newest ones to keep, of each model key
 * @param spacing which earlier ones to keep besides
 * @param bytes maximum memory, over all models
 */
public record VersionLimits(int versions, VersionSpacing spacing, long bytes) {
    public static final VersionLimits DEFAULT = new VersionLimits(10, VersionSpacing.DEFAULT, 256L << 20);

    /** Returns limits that keep the newest versions only. */
    public VersionLimits(int versions, long bytes) {
        this(versions, VersionSpacing.NONE, bytes);
    }
}
