/**
 * Names of parameters for people: the feature that a parameter multiplies, with the values that were hashed to its row. Models
 * do not store these values; they are found in samples.
 */
@NullMarked
package io.freshet.learning.names;

import org.jspecify.annotations.NullMarked;
