/**
 * Keyed state of a model: its types, serializers, and cache.
 *
 * <p>What the state means is defined in {@code learning.learner}.
 */
@NullMarked
package io.freshet.job.state;

import org.jspecify.annotations.NullMarked;
