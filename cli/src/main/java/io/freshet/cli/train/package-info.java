/**
 * Trains on a file through Kafka and Flink in one JVM: {@code train}.
 *
 * <p>The embedded cluster is in {@code embedded}; sending the file is in {@code feed}.
 */
@NullMarked
package io.freshet.cli.train;

import org.jspecify.annotations.NullMarked;
