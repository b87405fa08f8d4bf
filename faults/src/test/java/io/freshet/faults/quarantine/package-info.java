/** A cluster on which one of the models cannot start. */
@NullMarked
package io.freshet.faults.quarantine;

import org.jspecify.annotations.NullMarked;
