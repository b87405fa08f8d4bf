/**
 * Predictions of the rows of files with snapshots in memory: {@code freshet predict --snapshot}, and {@code train --test}.
 *
 * <p>Reads no topic and asks no server.
 */
@NullMarked
package io.freshet.cli.offline;

import org.jspecify.annotations.NullMarked;
