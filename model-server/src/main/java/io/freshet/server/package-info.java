/**
 * The model server: snapshots arrive from the parameters topic ({@code ingest}), are swapped in ({@code store}),
 * answer requests ({@code serve}), and are watched on a page ({@code page}).
 *
 * <p>Nothing here trains, and nothing here may need Flink or the job.
 */
@NullMarked
package io.freshet.server;

import org.jspecify.annotations.NullMarked;
