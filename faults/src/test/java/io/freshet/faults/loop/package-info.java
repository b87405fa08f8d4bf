/**
 * The whole loop as processes: broker, server, join, and trainer, each of which is killed.
 *
 * <p>Clusters of several Flink processes belong in {@code cluster}.
 */
@NullMarked
package io.freshet.faults.loop;

import org.jspecify.annotations.NullMarked;
