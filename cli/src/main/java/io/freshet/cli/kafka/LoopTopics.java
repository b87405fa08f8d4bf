package io.freshet.cli.kafka;

import io.freshet.schemas.kafka.Topics;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that name the topics of the loop, if the server and the join use others than the default ones. */
public final class LoopTopics {
    @Option(names = "--answers", paramLabel = "<topic>", description = "Topic of answers (default: <prefix>.answers).")
    private @Nullable String answers;

    @Option(names = "--outcomes", paramLabel = "<topic>", description = "Outcomes topic (default: <prefix>.outcomes).")
    private @Nullable String outcomes;

    public String answers(Topics topics) {
        return answers == null ? topics.answers() : answers;
    }

    public String outcomes(Topics topics) {
        return outcomes == null ? topics.outcomes() : outcomes;
    }
}
