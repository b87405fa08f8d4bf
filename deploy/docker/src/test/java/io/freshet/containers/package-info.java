/**
 * A test of the containers as users start them. What it checks is in {@code smoke.sh}, which also runs without Maven.
 *
 * <p>Tests of a single container belong to the module whose code they test.
 */
@NullMarked
package io.freshet.containers;

import org.jspecify.annotations.NullMarked;
