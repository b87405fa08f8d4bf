package io.freshet.cli.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.embedded.LocalStack;
import io.freshet.cli.feed.SampleProducer;
import io.freshet.cli.kafka.TopicAdmin;
import io.freshet.cli.kafka.TopicPlan;
import io.freshet.cli.workload.Workload;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.schemas.sample.RowEncoder;
import io.freshet.schemas.topic.Topics;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The samples of a workload, stored where the runs read them.
 *
 * @param topics of the deployment; the samples topic has one partition
 * @param samples in the topic
 * @param bytesPerSample mean, before compression
 * @param text the same samples in Vowpal Wabbit's format, or null
 */
record SampleTopic(
        Workload workload,
        Topics topics,
        long samples,
        double bytesPerSample,
        @Nullable Path text) {
    /**
     * Creates the topic and fills it.
     *
     * @param text whether to write the text file too
     */
    static SampleTopic create(LocalStack stack, Workload workload, long samples, boolean text)
            throws IOException, CommandException {
        Topics topics = Topics.of("bench-" + workload.name());
        createTopics(stack, topics);
        Path file = text ? stack.directory().resolve(workload.name() + ".vw") : null;
        long bytes;
        try (SampleProducer producer =
                        new SampleProducer(stack.kafkaOptions(), topics.samples(), topics.deadLetters());
                Writer lines = file == null ? Writer.nullWriter() : writer(file)) {
            bytes = write(workload, samples, producer, file == null ? null : lines);
        }
        return new SampleTopic(workload, topics, samples, bytes / (double) samples, file);
    }

    /** Deletes the topic and the file. */
    void delete(LocalStack stack) throws IOException, CommandException {
        deleteTopics(stack, topics);
        if (text != null) {
            Files.delete(text);
        }
    }

    /** Creates the topics of a deployment that do not exist. */
    static void createTopics(LocalStack stack, Topics topics) throws CommandException {
        try (TopicAdmin admin = new TopicAdmin(stack.kafkaOptions())) {
            for (TopicPlan plan : TopicPlan.of(topics, 1)) {
                admin.create(plan, 1);
            }
        }
    }

    /** Deletes the topics under the prefix of a deployment; not a samples topic of another prefix. */
    static void deleteTopics(LocalStack stack, Topics topics) throws CommandException {
        try (TopicAdmin admin = new TopicAdmin(stack.kafkaOptions())) {
            admin.delete(TopicPlan.of(topics, 1).stream()
                    .map(TopicPlan::name)
                    .filter(name -> name.startsWith(topics.prefix() + "."))
                    .toList());
        }
    }

    private static BufferedWriter writer(Path file) throws IOException {
        return Files.newBufferedWriter(file, US_ASCII);
    }

    private static long write(Workload workload, long samples, SampleProducer producer, @Nullable Writer lines)
            throws IOException, CommandException {
        RowLayout layout = RowLayout.of(List.of(workload.spec()));
        Workload.Generator generator = workload.generator(layout);
        RowEncoder encoder = new RowEncoder(layout);
        Row row = new Row(layout);
        StringBuilder line = new StringBuilder();
        long bytes = 0;
        try {
            for (long i = 0; i < samples; i++) {
                generator.next(row);
                byte[] sample = encoder.encode(row, "");
                bytes += sample.length;
                producer.send(null, sample);
                if (lines != null) {
                    line.setLength(0);
                    generator.appendVowpalWabbit(line);
                    lines.append(line.append('\n'));
                }
            }
        } catch (InvalidSampleException e) {
            throw new IllegalStateException("a generated sample is too long", e);
        }
        producer.flush();
        return bytes;
    }
}
