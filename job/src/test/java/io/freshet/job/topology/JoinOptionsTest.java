package io.freshet.job.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.job.join.JoinTopics;
import io.freshet.job.join.decode.RequestFormat;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

/** Would catch an option that is ignored, and a join that resumes from the checkpoints of the trainer. */
class JoinOptionsTest {
    @Command
    private static final class Join {
        @Mixin
        private JoinOptions options = new JoinOptions();
    }

    private static JoinOptions parse(String... arguments) {
        Join join = new Join();
        new CommandLine(join).parseArgs(arguments);
        return join.options;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"--format=json", "--id-field=id", "--time-field=at", "--model-field=m", "--writer-schema=x"})
    void a_format_without_a_topic_of_requests_is_refused(String option) {
        String name = option.substring(0, option.indexOf('='));
        assertThatThrownBy(() ->
                        parse("--bootstrap-servers=localhost:9092", option).check(Instant.now()))
                .isInstanceOf(ParameterException.class)
                .hasMessage(name + ": given (expected: with --requests; answers have a format of their own)");
    }

    @Test
    void a_format_is_that_of_the_topic_of_requests() {
        JoinOptions options = parse("--requests=features", "--format=json", "--id-field=id");
        assertThat(options.format(address -> {
                    throw new AssertionError(address);
                }))
                .isInstanceOf(RequestFormat.Features.class);
    }

    /** Would catch a join that reads what it writes, for ever, and one that takes its requests for outcomes. */
    @ParameterizedTest
    @CsvSource({
        "--outcomes=freshet.unjoined, --outcomes: freshet.unjoined, outcomes",
        "--outcomes=freshet.samples-dlt, --outcomes: freshet.samples-dlt, outcomes",
        "--outcomes=freshet.answers, --outcomes: freshet.answers, outcomes",
        "--answers=freshet.metrics, --answers: freshet.metrics, answers",
        "--answers=freshet.outcomes, --answers: freshet.outcomes, answers",
        "--requests=freshet.samples, --requests: freshet.samples, requests",
        "--requests=x --outcomes=x, --outcomes: x, outcomes",
        "--requests=x --samples=x, --requests: x, requests",
        "--samples=freshet.answers, --answers: freshet.answers, answers",
        "--samples=freshet.outcomes, --outcomes: freshet.outcomes, outcomes",
        "--prefix=p --outcomes=p.models, --outcomes: p.models, outcomes",
    })
    void a_topic_of_other_records_is_refused(String options, String refused, String expected) {
        List<String> arguments = new ArrayList<>(List.of(options.split(" ")));
        arguments.add("--bootstrap-servers=localhost:9092");
        assertThatThrownBy(() -> parse(arguments.toArray(new String[0])).check(Instant.now()))
                .isInstanceOf(ParameterException.class)
                .hasMessage(refused + " (expected: a topic of " + expected + " only)");
    }

    @Test
    void answers_and_outcomes_have_the_topics_that_are_named() {
        assertThat(parse("--answers=a", "--outcomes=o").read()).isEqualTo(new JoinTopics("a", "o"));
        assertThat(parse("--prefix=p", "--requests=freshet.samples").read())
                .isEqualTo(new JoinTopics("freshet.samples", "p.outcomes"));
        assertThat(parse().read()).isEqualTo(new JoinTopics("freshet.answers", "freshet.outcomes"));
    }

    @Test
    void only_an_explicit_start_reads_again_what_was_read() {
        assertThat(parse().startingOffsets(Instant.now())).isInstanceOf(FirstStart.class);
        assertThat(parse("--start=earliest").startingOffsets(Instant.now())).isNotInstanceOf(FirstStart.class);
    }
}
