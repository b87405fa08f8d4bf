/**
 * The formats that a samples topic may have.
 *
 * <p>Each format has a decoder in a package of its own.
 */
@NullMarked
package io.freshet.schemas.format;

import org.jspecify.annotations.NullMarked;
