/**
 * Snapshots: the records of the parameters topic, whole or in blocks, and snapshot files.
 *
 * <p>Which blocks are published is decided in the {@code job}.
 */
@NullMarked
package io.freshet.schemas.snapshot;

import org.jspecify.annotations.NullMarked;
