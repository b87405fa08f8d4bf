/**
 * What a user configures: the model specification, its YAML form, and the errors that name a path.
 *
 * <p>Hyperparameters only: nothing here is changed by learning, and nothing here reads a clock, a file or the network.
 */
@NullMarked
package io.freshet.learning.spec;

import org.jspecify.annotations.NullMarked;
