/**
 * Specifications and warm-start parameters: the records of the models topic.
 *
 * <p>The YAML of a specification belongs in {@code learning.spec}.
 */
@NullMarked
package io.freshet.schemas.spec;

import org.jspecify.annotations.NullMarked;
