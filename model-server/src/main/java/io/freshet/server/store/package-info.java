/**
 * The served parameter sets, by model and key, and the rule by which a newer one replaces an older one.
 *
 * <p>Parameter sets are immutable. Nothing here depends on Kafka or HTTP.
 */
@NullMarked
package io.freshet.server.store;

import org.jspecify.annotations.NullMarked;
