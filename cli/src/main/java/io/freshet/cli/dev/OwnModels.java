package io.freshet.cli.dev;

import io.freshet.cli.feed.FeedCommand;
import io.freshet.cli.kafka.TopicReader;
import io.freshet.learning.yaml.Plural;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A user's models, and the files that are fed to them.
 *
 * @param specFiles specifications to apply
 * @param feedArguments arguments of {@code feed} that name the files; empty for none
 * @param feed sends the files
 */
record OwnModels(List<Path> specFiles, List<String> feedArguments, FeedCommand feed, PrintWriter out, PrintWriter err)
        implements Program {
    @Override
    public List<Path> specifications(Path directory) {
        return specFiles;
    }

    @Override
    public void send(RunningStack stack) throws Exception {
        if (feedArguments.isEmpty()) {
            return;
        }
        String topic = stack.topics().samples();
        try (TopicReader earlier = TopicReader.open(stack.kafka(), topic)) {
            long before = earlier.skipToEnd();
            if (before > 0) {
                err.println("freshet: topic " + topic + ": has " + Plural.of(before, "sample")
                        + " of earlier runs; --input adds all rows to them");
                err.flush();
            }
        }
        List<String> arguments = new ArrayList<>(feedArguments);
        arguments.addAll(List.of("--samples", topic));
        arguments.addAll(List.of("--bootstrap-servers", stack.bootstrapServers()));
        new CommandCall(out, err).run(feed, arguments);
    }

    @Override
    public void stop(Thread sender) {
        feed.stop();
    }

    @Override
    public List<String> commands(RunningStack stack) {
        String topic = stack.topics().samples();
        String samples = topic.equals(stack.kafka().topics(null).samples()) ? "" : " --samples " + topic;
        List<String> commands = new ArrayList<>();
        if (stack.models().isEmpty()) {
            commands.add("apply -f mine.yaml");
        }
        if (!stack.format().equals("confluent")) {
            commands.add("feed --input FILE" + samples);
        }
        commands.add("status" + samples);
        return commands;
    }
}
