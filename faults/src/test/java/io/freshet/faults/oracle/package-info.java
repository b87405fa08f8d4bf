/**
 * The oracle: a plain loop over the samples of a topic, and the comparison of every published snapshot with it.
 *
 * <p>Nothing here may use {@code job}: the oracle must stay independent of the code that it checks.
 */
@NullMarked
package io.freshet.faults.oracle;

import org.jspecify.annotations.NullMarked;
