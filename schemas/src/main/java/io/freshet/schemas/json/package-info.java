/**
 * Decodes JSON records.
 *
 * <p>Paths to nested fields belong in {@code field}.
 */
@NullMarked
package io.freshet.schemas.json;

import org.jspecify.annotations.NullMarked;
