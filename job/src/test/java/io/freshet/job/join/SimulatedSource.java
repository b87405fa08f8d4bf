package io.freshet.job.join;

import io.freshet.job.join.EventTimes.Ends;
import io.freshet.job.join.LogEnds.Log;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.flink.util.clock.Clock;
import org.apache.flink.util.clock.ManualClock;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Partitions, the consumers and tasks that read them, and their event time. Partition p is read by task p modulo tasks. */
final class SimulatedSource {
    static final long IDLE_MILLIS = 5_000;
    static final long AHEAD_MILLIS = 600_000;
    private static final long MARK = -1;

    private final EventTimes times = new EventTimes(Duration.ofMillis(AHEAD_MILLIS));
    private final List<Partition> partitions = new ArrayList<>();
    private final List<Task> tasks = new ArrayList<>();
    private final ManualClock clock = new ManualClock();

    private static final class Partition {
        private final TopicPartition id;
        /** Event times of records, or {@link #MARK}. */
        private final List<Long> log = new ArrayList<>();

        private int start;
        private int fetched;
        private int emitted;
        private boolean assigned = true;

        Partition(int number) {
            id = new TopicPartition("records", number);
        }
    }

    private static final class Task {
        private final FetchedOffsets fetched = new FetchedOffsets();
        private final TaskTime time;
        private long watermark = EventTimes.NONE;
        private boolean stalled;
        private boolean standing;
        private final List<EndsEvent> waiting = new ArrayList<>();

        Task(Clock clock) {
            time = new TaskTime(Duration.ZERO, Duration.ofMillis(IDLE_MILLIS), fetched, clock);
        }
    }

    SimulatedSource(int tasks, int partitions) {
        for (int i = 0; i < tasks; i++) {
            this.tasks.add(new Task(clock));
        }
        for (int i = 0; i < partitions; i++) {
            Partition partition = new Partition(i);
            this.partitions.add(partition);
            task(i).time.add(partition.id, 0);
        }
    }

    private Task task(int partition) {
        return tasks.get(partition % tasks.size());
    }

    void append(int partition, long... eventTimes) {
        LongStream.of(eventTimes).forEach(partitions.get(partition).log::add);
    }

    void appendMark(int partition) {
        append(partition, MARK);
    }

    /** Deletes all records of a partition, as by retention. */
    void delete(int partition) {
        Partition deleted = partitions.get(partition);
        deleted.start = deleted.log.size();
    }

    /** The log is empty again, as after its topic was created again. */
    void truncate(int partition) {
        partitions.get(partition).log.clear();
    }

    void unassign(int partition) {
        partitions.get(partition).assigned = false;
        task(partition).time.remove(partitions.get(partition).id);
    }

    void assign(int partition) {
        partitions.get(partition).assigned = true;
        task(partition).time.add(partitions.get(partition).id, 0);
    }

    /** The task starts at an offset of a checkpoint. If the log is shorter, its consumer starts at the beginning. */
    void restore(int partition, long offset) {
        unassign(partition);
        partitions.get(partition).assigned = true;
        task(partition).time.add(partitions.get(partition).id, offset);
    }

    void stall(int task) {
        tasks.get(task).stalled = true;
    }

    /** Rounds wait for the task from now on. */
    void stand(int task) {
        tasks.get(task).standing = true;
    }

    /** The task receives all rounds that wait for it. */
    void go(int task) {
        Task late = tasks.get(task);
        late.standing = false;
        late.waiting.forEach(event -> receive(task, event));
        late.waiting.clear();
    }

    void resume(int task) {
        tasks.get(task).stalled = false;
    }

    /** Lets the consumer return up to {@code count} records, with the marks before and after them. */
    void fetch(int partition, int count) {
        Partition read = partitions.get(partition);
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        while (read.fetched < read.log.size() && (records.size() < count || read.log.get(read.fetched) == MARK)) {
            if (read.log.get(read.fetched) != MARK) {
                records.add(new ConsumerRecord<>(read.id.topic(), partition, read.fetched, null, null));
            }
            read.fetched++;
        }
        task(partition)
                .fetched
                .fetched(new ConsumerRecords<>(
                        records.isEmpty() ? Map.of() : Map.of(read.id, records),
                        Map.of(read.id, new OffsetAndMetadata(read.fetched))));
    }

    /** Emits up to {@code count} records, and lets the consumer return them if it has not. Returns their event times. */
    List<Long> emit(int partition, int count) {
        Partition read = partitions.get(partition);
        List<Long> emitted = new ArrayList<>();
        while (emitted.size() < count && read.emitted < read.log.size()) {
            if (read.emitted == read.fetched && read.log.get(read.emitted) != MARK) {
                read.fetched++;
                task(partition)
                        .fetched
                        .fetched(new ConsumerRecords<>(
                                Map.of(
                                        read.id,
                                        List.of(new ConsumerRecord<>("records", partition, read.emitted, null, null))),
                                Map.of(read.id, new OffsetAndMetadata(read.fetched))));
            }
            long time = read.log.get(read.emitted);
            if (time != MARK) {
                task(partition).time.emitted(read.id, read.emitted, time);
                emitted.add(time);
            }
            read.emitted++;
        }
        return emitted;
    }

    boolean hasMore(int partition) {
        return partitions.get(partition).emitted < partitions.get(partition).log.size();
    }

    void pass(long millis) {
        clock.advanceTime(Duration.ofMillis(millis));
    }

    void passNanos(long nanos) {
        clock.advanceTime(Duration.ofNanos(nanos));
    }

    void reached(long time) {
        times.reached(time);
    }

    Ends ask() {
        Map<TopicPartition, Log> logs = new HashMap<>();
        partitions.forEach(partition -> logs.put(partition.id, new Log(partition.start, partition.log.size())));
        return new Ends(clock.relativeTimeNanos(), times.known(), logs);
    }

    void answer(Ends ends) {
        EndsEvent event = times.ask(ends);
        for (int i = 0; i < tasks.size(); i++) {
            Task task = tasks.get(i);
            if (task.standing) {
                task.waiting.add(event);
            } else if (!task.stalled) {
                receive(i, event);
            }
        }
    }

    private void receive(int number, EndsEvent event) {
        Task task = tasks.get(number);
        task.watermark = Math.max(task.watermark, task.time.receive(event));
        times.receive(number, task.time.progress(), tasks.size());
    }

    void round() {
        answer(ask());
    }

    /** A round in which one broker does not answer, or all. */
    void outage(@Nullable Integer partition) {
        Ends ends = ask();
        Map<TopicPartition, Log> logs = partition == null ? new HashMap<>() : new HashMap<>(ends.logs());
        if (partition != null) {
            logs.put(partitions.get(partition).id, Log.UNKNOWN);
        }
        answer(new Ends(ends.nanos(), ends.known(), logs));
    }

    /** A round of topics that do not have a partition, as after a restart with others. */
    void roundWithout(int partition) {
        Ends ends = ask();
        Map<TopicPartition, Log> logs = new HashMap<>(ends.logs());
        logs.remove(partitions.get(partition).id);
        answer(new Ends(ends.nanos(), ends.known(), logs));
    }

    Set<TopicPartition> gone() {
        return times.gone();
    }

    /** Passes rounds until partitions without new records are idle. */
    void quiet() {
        round();
        round();
        pass(IDLE_MILLIS);
        round();
        round();
    }

    /** Returns the earliest event time that is not late: after what Flink makes of the watermarks of the tasks. */
    long onTime() {
        long watermark = tasks.stream().mapToLong(task -> task.watermark).min().orElseThrow();
        return watermark == EventTimes.NONE ? watermark : watermark + 1;
    }

    Set<TopicPartition> waiting() {
        return times.waiting();
    }

    Set<Integer> paused() {
        return times.paused().stream().map(TopicPartition::partition).collect(Collectors.toCollection(TreeSet::new));
    }

    Set<Integer> readable() {
        Set<Integer> all = new HashSet<>();
        Set<Integer> paused = paused();
        for (int i = 0; i < partitions.size(); i++) {
            if (!paused.contains(i) && hasMore(i)) {
                all.add(i);
            }
        }
        return all;
    }
}
