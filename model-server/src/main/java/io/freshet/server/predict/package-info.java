/**
 * Answers inference requests from immutable parameter sets.
 *
 * <p>Nothing here knows HTTP.
 */
@NullMarked
package io.freshet.server.predict;

import org.jspecify.annotations.NullMarked;
