/**
 * The served parameter sets, by model and key, the rule by which a newer one replaces an older one, and the gates that
 * refuse one by its own metrics.
 *
 * <p>Parameter sets are immutable. Nothing here depends on Kafka or HTTP.
 */
@NullMarked
package io.freshet.server.store;

import org.jspecify.annotations.NullMarked;
