/**
 * Assembles the model server: its options, its command, its main class, and its HTTP listener.
 *
 * <p>Snapshots flow from {@code ingest} to {@code store}; requests flow from {@code http} through {@code request} to
 * {@code predict}. The server does not train, and depends on neither Flink nor the job.
 */
@NullMarked
package io.freshet.server;

import org.jspecify.annotations.NullMarked;
