/**
 * Labeled rows of requests, as records of the samples topic.
 *
 * <p>Learns nothing itself: the trainer reads the topic.
 */
@NullMarked
package io.freshet.server.learn;

import org.jspecify.annotations.NullMarked;
