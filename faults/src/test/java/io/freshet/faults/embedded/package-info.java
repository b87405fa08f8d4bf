/**
 * Runs the job and a broker in this JVM.
 *
 * <p>Clusters of several JVMs belong in {@code cluster}.
 */
@NullMarked
package io.freshet.faults.embedded;

import org.jspecify.annotations.NullMarked;
