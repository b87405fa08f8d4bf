package io.freshet.server.answers;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Which answers are logged, with what, and whether requests wait for it.
 *
 * @param share of the ids to log, in (0, 1]
 * @param fields of requests to log
 * @param deadline how long a request waits until the broker has its answer, before it fails; null if it does not wait
 */
public record AnswerPolicy(
        double share, LoggedFields fields, @Nullable Duration deadline) {}
