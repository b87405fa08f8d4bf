/**
 * The main class of the Flink job.
 *
 * <p>Mathematics is in {@code io.freshet.learning}; nothing here knows the model server.
 */
@NullMarked
package io.freshet.job;

import org.jspecify.annotations.NullMarked;
