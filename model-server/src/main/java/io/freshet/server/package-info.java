/**
 * Assembles the model server: its options, its command, its main class, and its HTTP listener.
 *
 * <p>Snapshots flow from {@code ingest} to {@code store}; requests flow from {@code http} through {@code request} to
 * {@code predict}. Nothing here trains or depends on Flink or the job.
 */
@NullMarked
package io.freshet.server;

import org.jspecify.annotations.NullMarked;
