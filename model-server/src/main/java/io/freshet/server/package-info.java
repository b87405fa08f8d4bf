/**
 * The model server: snapshots arrive from the parameters topic, are checked, swapped in and served.
 * Nothing here trains, and nothing here may need Flink or the job.
 */
@NullMarked
package io.freshet.server;

import org.jspecify.annotations.NullMarked;
