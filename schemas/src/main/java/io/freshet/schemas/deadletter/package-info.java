/**
 * Headers of the records on the dead-letter topic.
 *
 * <p>The record itself is the original, unchanged.
 */
@NullMarked
package io.freshet.schemas.deadletter;

import org.jspecify.annotations.NullMarked;
