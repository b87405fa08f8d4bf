/**
 * Reads the topics: snapshots into the store, evaluations into the latest evaluations and the curves.
 *
 * <p>Bad records are counted and skipped. The rule for replacing a snapshot is in {@code store}.
 */
@NullMarked
package io.freshet.server.ingest;

import org.jspecify.annotations.NullMarked;
