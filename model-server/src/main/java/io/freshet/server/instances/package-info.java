/**
 * The V1 protocol of KServe and TensorFlow Serving: rows of plain values in, predictions out. What predicts them, and the
 * limits on requests, are those of the Open Inference Protocol, in {@code http} and {@code predict}.
 */
@NullMarked
package io.freshet.server.instances;

import org.jspecify.annotations.NullMarked;
