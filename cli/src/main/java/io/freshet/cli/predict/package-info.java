/**
 * Predicts rows with a snapshot, or requests predictions from a model server: {@code freshet predict}.
 *
 * <p>Predictions of files without a server are in {@code offline}.
 */
@NullMarked
package io.freshet.cli.predict;

import org.jspecify.annotations.NullMarked;
