/**
 * The command {@code job}, which submits the job to a Flink cluster.
 * The job and its options are in {@code io.freshet.job}.
 */
@NullMarked
package io.freshet.cli.job;

import org.jspecify.annotations.NullMarked;
