/**
 * The rows of a request, encoded exactly as the trainer encodes samples. Predicting them is in {@code predict}.
 */
@NullMarked
package io.freshet.server.predict.rows;

import org.jspecify.annotations.NullMarked;
