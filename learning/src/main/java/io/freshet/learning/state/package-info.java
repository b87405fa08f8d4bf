/**
 * What a model key has learned and needs to continue learning, as saved in checkpoints. Only {@code learner} and {@code replica}
 * change it.
 */
@NullMarked
package io.freshet.learning.state;

import org.jspecify.annotations.NullMarked;
