/**
 * Finds the fields of a layout in a record and fills a row with them.
 *
 * <p>How a format encodes a field belongs in the package of the format.
 */
@NullMarked
package io.freshet.schemas.field;

import org.jspecify.annotations.NullMarked;
