/**
 * YAML documents as tables of fields, which are read and written with errors that name the path.
 *
 * <p>The fields of a specification are in {@code spec}.
 */
@NullMarked
package io.freshet.learning.yaml;

import org.jspecify.annotations.NullMarked;
