package io.freshet.cli.models;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.console.StatusLine;
import io.freshet.cli.kafka.EvaluationReader;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.learning.yaml.Durations;
import io.freshet.schemas.facts.Heartbeat;
import org.apache.kafka.common.KafkaException;

/**
 * Waits until a change is in effect: until then, a running job rejects samples of a new model as samples of an unknown one. Its
 * heartbeats have the position in the models topic that all its decoders have switched to. Their times do not count, since the
 * clock of the job may differ from this one.
 */
final class ChangeInEffect {
    /** A job that sends no heartbeat for so long does not run. */
    private static final long GONE_MILLIS = 5 * Heartbeat.PERIOD_MILLIS;

    private static final long POLL_MILLIS = 200;

    /**
     * What is known in the end.
     *
     * @param isKept whether a running job uses the change, or the next one will
     * @param news what the user should know; empty if the change is in effect
     */
    record Result(boolean isKept, String news) {}

    private final long end;
    private final StatusLine line;
    private boolean isInEffect;
    private long heardAt;
    private long now;

    /** @param end offset after the change in the models topic */
    private ChangeInEffect(long end, StatusLine line) {
        this.end = end;
        this.line = line;
    }

    /**
     * Waits until a change is in effect, a time has passed, or no job runs.
     *
     * @param end offset after the change in the models topic
     */
    static Result await(KafkaOptions kafka, long end, long limitMillis, StatusLine line) throws InterruptedException {
        ChangeInEffect change = new ChangeInEffect(end, line);
        try (EvaluationReader reader = EvaluationReader.open(kafka, 0)) {
            if (reader.skipToEnd() == 0) {
                return new Result(true, "no job runs; the next one to start uses the change");
            }
            return change.await(reader, limitMillis);
        } catch (CommandException | KafkaException e) {
            return new Result(false, "whether a job uses the change is unknown: " + kafka.reason(e));
        } finally {
            line.clear();
        }
    }

    private Result await(EvaluationReader reader, long limitMillis) throws InterruptedException {
        long start = System.nanoTime();
        long shownAt = Long.MIN_VALUE;
        while (true) {
            reader.readToEnd(this::heard);
            if (isInEffect) {
                return new Result(true, "");
            }
            if (now - heardAt > GONE_MILLIS) {
                return new Result(
                        true,
                        "no job has sent a heartbeat for " + Durations.write(GONE_MILLIS)
                                + "; the next one to start uses the change");
            }
            if (now >= limitMillis) {
                return new Result(
                        false,
                        "not in effect after " + Durations.write(limitMillis)
                                + " (expected: within a checkpoint of the job); samples of new models are rejected until then");
            }
            if (shownAt == Long.MIN_VALUE || line.isTerminal() && now - shownAt >= 1_000) {
                shownAt = now;
                line.show("apply: waiting until a running job uses the change, from its next checkpoint on ("
                        + now / 1_000 + " s)");
            }
            Thread.sleep(POLL_MILLIS);
            now = (System.nanoTime() - start) / 1_000_000;
        }
    }

    private void heard(Heartbeat heartbeat) {
        heardAt = now;
        isInEffect |= heartbeat.models() >= end;
    }
}
