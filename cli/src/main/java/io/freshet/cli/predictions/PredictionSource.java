package io.freshet.cli.predictions;

import org.jspecify.annotations.Nullable;

/**
 * The parameters that a server predicted a row with.
 *
 * @param version null if the server does not return it
 * @param ageSeconds null if the server does not return it, or the parameters have learned nothing
 */
public record PredictionSource(
        @Nullable Long version, @Nullable Double ageSeconds) {}
