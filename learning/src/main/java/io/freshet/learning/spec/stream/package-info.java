/**
 * What a specification says about the stream of a model: order, warm start, publication, reporting, and watching. What
 * follows from it is decided in {@code stream}, {@code watch}, and by the job.
 */
@NullMarked
package io.freshet.learning.spec.stream;

import org.jspecify.annotations.NullMarked;
