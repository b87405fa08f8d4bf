/** Threads that share the work of one learner, with the same results for every number of them. */
@NullMarked
package io.freshet.learning.thread;

import org.jspecify.annotations.NullMarked;
