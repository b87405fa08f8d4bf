/**
 * YAML documents as nodes that are read field by field, with errors that name the path.
 *
 * <p>What the fields of a specification mean is in {@code spec}.
 */
@NullMarked
package io.freshet.learning.yaml;

import org.jspecify.annotations.NullMarked;
