/**
 * Snapshots: the records of the parameters topic, whole or in blocks, and snapshot files.
 *
 * <p>When and which blocks are published is decided in {@code job}.
 */
@NullMarked
package io.freshet.schemas.snapshot;

import org.jspecify.annotations.NullMarked;
