/**
 * A cluster of several JVMs, and faults to inject into its processes.
 *
 * <p>A job in this JVM belongs in {@code cli.dev}.
 */
@NullMarked
package io.freshet.faults.cluster;

import org.jspecify.annotations.NullMarked;
