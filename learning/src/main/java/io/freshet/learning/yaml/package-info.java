/**
 * YAML documents as nodes that are read field by field, with errors that name the path.
 *
 * <p>The fields of a specification are in {@code spec}.
 */
@NullMarked
package io.freshet.learning.yaml;

import org.jspecify.annotations.NullMarked;
