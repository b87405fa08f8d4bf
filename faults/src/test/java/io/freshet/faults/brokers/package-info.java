/**
 * Several brokers with replicated topics, of which some are lost for good.
 *
 * <p>A broker that comes back with its disk is in {@code chaos}.
 */
@NullMarked
package io.freshet.faults.brokers;

import org.jspecify.annotations.NullMarked;
