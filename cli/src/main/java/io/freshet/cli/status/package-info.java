/**
 * The command {@code status}: whether each model learns, and whether the job and the server are well.
 *
 * <p>Specifications come from the models topic, everything else about a model from the metrics topic.
 */
@NullMarked
package io.freshet.cli.status;

import org.jspecify.annotations.NullMarked;
