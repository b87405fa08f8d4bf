/**
 * Requests predictions from a model server: {@code freshet predict}.
 *
 * <p>Nothing here reads Kafka.
 */
@NullMarked
package io.freshet.cli.predict;

import org.jspecify.annotations.NullMarked;
