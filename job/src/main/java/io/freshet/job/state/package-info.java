/**
 * Keyed state of a model: its types, serializers, and cache.
 *
 * <p>The meaning of the numbers is defined in {@code io.freshet.learning.learner}.
 */
@NullMarked
package io.freshet.job.state;

import org.jspecify.annotations.NullMarked;
