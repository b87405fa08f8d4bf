/**
 * The command {@code weights}: the largest weights of a model by the names of their features, which {@code snapshot} finds.
 */
@NullMarked
package io.freshet.cli.weights;

import org.jspecify.annotations.NullMarked;
