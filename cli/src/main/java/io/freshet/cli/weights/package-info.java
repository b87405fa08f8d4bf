/**
 * The command {@code weights}: the largest weights of a model by the names of their features; and how names are found, for
 * other commands, too.
 */
@NullMarked
package io.freshet.cli.weights;

import org.jspecify.annotations.NullMarked;
