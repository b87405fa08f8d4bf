package io.freshet.job.learn;

import io.freshet.job.observe.EndOffsets;
import io.freshet.job.replica.RoundsLog;
import io.freshet.job.source.SourceDemand;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * Connections of the learner to other parts of the job.
 *
 * @param ends end offsets of the samples topic, or null to report no backlog
 * @param bounded whether the samples end
 * @param source of the samples, which pauses partitions that are far ahead
 * @param rounds of models with replicas
 */
public record LearnConnections(@Nullable EndOffsets ends, boolean bounded, SourceDemand source, RoundsLog rounds)
        implements Serializable {}
