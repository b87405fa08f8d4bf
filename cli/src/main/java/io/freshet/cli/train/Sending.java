package io.freshet.cli.train;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.embedded.LocalStack;
import io.freshet.cli.feed.FileFeed;
import io.freshet.cli.feed.SampleProducer;
import io.freshet.cli.rejects.RejectsFile;
import io.freshet.schemas.topic.Topics;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobID;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.jspecify.annotations.Nullable;

/**
 * Sends the files of a run on a thread of its own, while the job learns, and then ends each partition of the samples topic. With
 * faults, sends them to a staging topic, from which they are copied.
 */
final class Sending implements AutoCloseable {
    private final Training training;
    private final LocalStack stack;
    private final JobID job;
    private final RejectedRows rejections;
    private final @Nullable RejectsFile rejects;
    private final Consumer<String> report;
    private final CompletableFuture<JobResult> ended;
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final CompletableFuture<FileFeed.Sent> result = new CompletableFuture<>();
    private volatile long samples;

    /**
     * @param job that learns the samples
     * @param rejections receives the invalid rows, as does {@code rejects} unless it is null
     * @param report receives notices and a line for each fault, on another thread
     */
    Sending(
            Training training,
            LocalStack stack,
            JobID job,
            RejectedRows rejections,
            @Nullable RejectsFile rejects,
            Consumer<String> report) {
        this.training = training;
        this.stack = stack;
        this.job = job;
        ended = stack.cluster().result(job);
        this.rejections = rejections;
        this.rejects = rejects;
        this.report = report;
    }

    /** Starts to send. */
    Sending start() {
        result.completeAsync(
                () -> {
                    try {
                        return run();
                    } catch (Exception e) {
                        throw new CompletionException(e);
                    }
                },
                task -> new Thread(task, "freshet-sending").start());
        return this;
    }

    private FileFeed.Sent run() throws Exception {
        boolean staged = training.faults().count() > 0;
        Topics topics = staged ? FaultInjection.stage(stack) : stack.topics();
        FileFeed.Sent sent = send(topics, staged);
        if (staged) {
            long records = sent.rows().valid() * training.plan().sent();
            long[] positions = training.faults().positions(records);
            try (FaultInjection injection = new FaultInjection(
                    stack, topics, job, positions, training.partitions(), () -> stopped.get() || ended.isDone())) {
                injection.run(records, report);
            }
        }
        return sent;
    }

    private FileFeed.Sent send(Topics topics, boolean staged) throws IOException, CommandException {
        int partitions = staged ? 1 : training.partitions();
        try (SampleProducer producer =
                new SampleProducer(stack.kafkaOptions(), topics.samples(), topics.deadLetters(), partitions)) {
            TrainingSink sink = new TrainingSink(producer, rejections, rejects, stopped, stack.directory());
            FileFeed.Sent sent = training.feed().send(sink, training.plan());
            if (sent.rows().valid() == 0) {
                throw training.noRow(rejections.invalid());
            }
            sent.notices().forEach(notice -> report.accept("freshet: " + notice));
            samples = training.learnable(sent);
            if (!staged) {
                producer.end();
            }
            return sent;
        }
    }

    /** Returns the number of samples to learn, of all models together; 0 until all are sent. */
    long samples() {
        return samples;
    }

    /** Returns what was sent, once the samples topic has ended. */
    CompletableFuture<FileFeed.Sent> result() {
        return result;
    }

    /** Returns the result of the job. If it has failed, so does what is sent to it, later. */
    CompletableFuture<JobResult> ended() {
        return ended;
    }

    /** Stops sending, and waits until the thread has ended. */
    @Override
    public void close() {
        stopped.set(true);
        result.handle((sent, failure) -> sent).join();
    }
}
