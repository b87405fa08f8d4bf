/**
 * Records that carry a model: specifications, snapshots (whole or in blocks), their history, and the rounds of replicas;
 * and snapshot files.
 *
 * <p>When and which blocks are published is decided in {@code job}.
 */
@NullMarked
package io.freshet.schemas.snapshot;

import org.jspecify.annotations.NullMarked;
