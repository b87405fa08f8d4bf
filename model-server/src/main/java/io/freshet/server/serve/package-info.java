/**
 * Answers requests by the Open Inference Protocol: parses tensors, encodes rows, predicts, and writes JSON.
 *
 * <p>It reads the store and never changes it.
 */
@NullMarked
package io.freshet.server.serve;

import org.jspecify.annotations.NullMarked;
