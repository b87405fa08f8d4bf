/**
 * The main class of the Flink job.
 *
 * <p>Mathematics belongs in {@code io.freshet.learning}. Nothing here depends on the model server.
 */
@NullMarked
package io.freshet.job;

import org.jspecify.annotations.NullMarked;
