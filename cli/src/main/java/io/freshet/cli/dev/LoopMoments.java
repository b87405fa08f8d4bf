package io.freshet.cli.dev;

import io.freshet.cli.console.CommandException;
import io.freshet.learning.features.Stage;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.sample.SampleReader;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Prints when the loop took each of its steps for the first time. Thread-safe. */
final class LoopMoments {
    private static final Duration POLL = Duration.ofMillis(100);
    /** How long a server may take to answer for the first time. */
    private static final long START_NANOS = 60_000_000_000L;

    private static final long JOINED_NANOS = 120_000_000_000L;

    private final long start;
    private final PrintWriter out;
    private final PrintWriter err;
    private final AtomicBoolean answered = new AtomicBoolean();
    private final AtomicBoolean failing = new AtomicBoolean();
    /** The id of the first flight that has landed, by which its joined sample is found. */
    private volatile @Nullable String landed;

    /** @param start of the demo, as {@link System#nanoTime} */
    LoopMoments(long start, PrintWriter out, PrintWriter err) {
        this.start = start;
        this.out = out;
        this.err = err;
    }

    /** Prints the first failure after a success, or if there has been none for a while. */
    void failed(Exception failure) {
        boolean isStarting = !answered.get() && System.nanoTime() - start < START_NANOS;
        if (!isStarting && !failing.getAndSet(true)) {
            warn("the server does not answer, trying again: " + failure);
        }
    }

    void answered(Flight flight, double probability) {
        failing.set(false);
        if (answered.compareAndSet(false, true)) {
            print(
                    "answer",
                    String.format(
                            Locale.ROOT,
                            "%s from %s to %s: late with probability %.2f",
                            flight.id(),
                            flight.origin(),
                            flight.destination(),
                            probability));
        }
    }

    /** Records that a flight has landed, before its outcome is reported. One thread calls this. */
    void landed(Flight flight) {
        if (landed == null) {
            landed = flight.id();
            print("outcome", flight.id() + " landed, " + (flight.isDelayed() ? "late" : "on time"));
        }
    }

    /** Looks for the sample of the first flight that has landed, on a thread of its own, and prints it. */
    void watch(RunningStack stack) {
        Thread watch = new Thread(() -> findJoined(stack), "freshet-joined");
        watch.setDaemon(true);
        watch.start();
    }

    private void findJoined(RunningStack stack) {
        SampleReader reader = new SampleReader();
        try (KafkaConsumer<byte[], byte[]> consumer = stack.kafka().consumer()) {
            consumer.assign(List.of(new TopicPartition(stack.topics().samples(), 0)));
            consumer.seekToBeginning(consumer.assignment());
            long end = System.nanoTime() + JOINED_NANOS;
            while (System.nanoTime() < end) {
                for (ConsumerRecord<byte[], byte[]> sample : consumer.poll(POLL)) {
                    if (isJoined(reader.read(sample.value()))) {
                        return;
                    }
                }
            }
            warn("no joined sample yet; freshet status shows what the join does");
        } catch (CommandException | KafkaException | MalformedRecordException e) {
            warn(stack.topics().samples() + ": " + e.getMessage());
        }
    }

    private boolean isJoined(SampleReader.Fields sample) {
        if (sample.header().stage() == Stage.COMPLETE || !sample.header().id().equals(landed)) {
            return false;
        }
        boolean late = sample.numbers().getOrDefault("delayed", 0.0) > 0;
        print("joined sample", sample.header().id() + " was " + (late ? "late" : "on time"));
        return true;
    }

    private void warn(String message) {
        err.println("freshet: " + message);
        err.flush();
    }

    private void print(String step, String what) {
        double seconds = (System.nanoTime() - start) / 1e9;
        out.println(String.format(Locale.ROOT, "first %s after %.1f s: %s", step, seconds, what));
        out.flush();
    }
}
