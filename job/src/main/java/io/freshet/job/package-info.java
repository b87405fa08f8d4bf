/**
 * The Flink job: samples are decoded, keyed, learned from and published as snapshots.
 * Mathematics lives in {@code io.freshet.learning}, and nothing here may know the model server.
 */
@NullMarked
package io.freshet.job;

import org.jspecify.annotations.NullMarked;
