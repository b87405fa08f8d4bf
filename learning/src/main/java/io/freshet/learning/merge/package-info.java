/**
 * How the contributions of data-parallel replicas become one change of the parameters. Rounds, and who contributes when, belong
 * in {@code replica}.
 */
@NullMarked
package io.freshet.learning.merge;

import org.jspecify.annotations.NullMarked;
