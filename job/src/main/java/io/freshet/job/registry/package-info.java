/**
 * A client for a Confluent-compatible schema registry, and lookups in the background.
 *
 * <p>Decoding with the fetched schemas is in {@code io.freshet.schemas.confluent}.
 */
@NullMarked
package io.freshet.job.registry;

import org.jspecify.annotations.NullMarked;
