/**
 * The formats that a samples topic may have.
 *
 * <p>The decoders belong in the package of each format.
 */
@NullMarked
package io.freshet.schemas.format;

import org.jspecify.annotations.NullMarked;
