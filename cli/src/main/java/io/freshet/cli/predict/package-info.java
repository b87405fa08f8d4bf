/**
 * Predicts rows with a snapshot, or requests predictions from a model server: {@code freshet predict}, and the writers
 * of predictions.
 */
@NullMarked
package io.freshet.cli.predict;

import org.jspecify.annotations.NullMarked;
