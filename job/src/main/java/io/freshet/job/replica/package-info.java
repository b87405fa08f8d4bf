/**
 * Data-parallel replicas in the job: which replicas and reducers a subtask has, what they send to the rounds topic and receive
 * from it. What they learn and merge is decided in {@code learning.replica}.
 */
@NullMarked
package io.freshet.job.replica;

import org.jspecify.annotations.NullMarked;
