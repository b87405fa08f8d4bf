/**
 * Asks a model server for predictions: {@code freshet predict}.
 *
 * <p>Nothing here reads Kafka.
 */
@NullMarked
package io.freshet.cli.predict;

import org.jspecify.annotations.NullMarked;
