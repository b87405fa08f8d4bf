/**
 * The parameter sets that are served, by model and key, and the rule by which a newer one takes an older one's place.
 *
 * <p>A set never changes once it is made; Kafka and HTTP are unknown here.
 */
@NullMarked
package io.freshet.server.store;

import org.jspecify.annotations.NullMarked;
