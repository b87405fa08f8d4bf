/**
 * Follows a topic and prints its records: {@code freshet tail}; and the commands for dead letters.
 *
 * <p>Each topic has a {@link io.freshet.cli.tail.RecordView}.
 */
@NullMarked
package io.freshet.cli.tail;

import org.jspecify.annotations.NullMarked;
