/**
 * Heartbeats: the records of the metrics topic that say that the job runs.
 *
 * <p>What follows from them about a model belongs in {@code freshness}.
 */
@NullMarked
package io.freshet.schemas.heartbeat;

import org.jspecify.annotations.NullMarked;
