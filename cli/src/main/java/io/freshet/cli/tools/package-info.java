/**
 * The tools of the {@code freshet} command: one class for each subcommand, and how they print.
 * They go between files, Kafka and a model server; they run neither a broker nor a job.
 */
@NullMarked
package io.freshet.cli.tools;

import org.jspecify.annotations.NullMarked;
