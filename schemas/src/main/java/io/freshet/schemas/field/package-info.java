/**
 * Finds the fields of a layout in a record and fills a row with them.
 *
 * <p>One package per format builds on it.
 */
@NullMarked
package io.freshet.schemas.field;

import org.jspecify.annotations.NullMarked;
