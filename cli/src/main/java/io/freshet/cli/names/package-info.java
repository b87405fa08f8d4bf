/**
 * Names of parameters for people: the feature that a parameter multiplies, with the values that were hashed to its row. They
 * are found in the samples; models do not store them.
 */
@NullMarked
package io.freshet.cli.names;

import org.jspecify.annotations.NullMarked;
