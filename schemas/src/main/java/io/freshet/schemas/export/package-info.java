/**
 * Formats in which other systems read the records of the metrics and history topics.
 *
 * <p>Formats of the samples topic belong in {@code format}.
 */
@NullMarked
package io.freshet.schemas.export;

import org.jspecify.annotations.NullMarked;
