package io.freshet.schemas;

import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.evaluation.Tally;
import org.jspecify.annotations.Nullable;

/**
 * How well one model predicts each sample before it learns it: a record of the metrics topic.
 *
 * @param model name of the model
 * @param key value of its key field, or ""
 * @param version samples that the parameters had learned from
 * @param updates steps of the optimizer
 * @param rejected samples refused for their gradient
 * @param windowIndex number of the window, from 0
 * @param last whether a bounded input ended here
 * @param startedAt when this run of the job learned its first sample, milliseconds since 1970, UTC
 * @param emittedAt when this record was made, milliseconds since 1970, UTC
 * @param window metrics of the window, or null if it is empty
 * @param total sums since the start, to be added over keys
 */
public record Evaluation(
        String model,
        String key,
        long version,
        long updates,
        long rejected,
        long windowIndex,
        boolean last,
        long startedAt,
        long emittedAt,
        @Nullable Metrics window,
        Tally total) {}
