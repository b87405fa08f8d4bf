package io.freshet.benchmarks.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;

/**
 * Measures how fast a Kafka consumer in this JVM reads a topic, from the outside: by the lag that the consumer reports to JMX.
 * So a bare consumer, a job that discards, and the trainer are all measured with one instrument, and none is changed for it.
 *
 * <pre>
 *   rate = (records read at the end - records read at the start) / (end - start)
 *   start: the first observation with at least a tenth of the topic read; end: the last one before the consumer closes
 * </pre>
 *
 * In the first tenth, connections open and buffers fill. After it, a job reads as fast as it works: it holds back its consumer
 * once its buffers are full.
 */
final class ConsumptionMeter implements AutoCloseable {
    private static final long INTERVAL_NANOS = 10_000_000;
    private static final String LAG = "records-lag";
    private static final int SKIPPED_FRACTION = 10;

    private final MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
    private final OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private final List<GarbageCollectorMXBean> collectors = ManagementFactory.getGarbageCollectorMXBeans();
    private final ObjectName pattern;
    private final List<Long> ends;
    private final long records;
    private final Supplier<Duration> brokerCpu;
    private final List<Observation> observations = new ArrayList<>();
    private final Thread thread = new Thread(this::observe, "freshet-bench-meter");
    private volatile boolean stopped;

    /** Times are in nanoseconds, except that of collections, in milliseconds. */
    private record Observation(
            long read, long at, long cpu, Duration brokerCpu, long collection, Allocations allocations) {}

    private ConsumptionMeter(String topic, List<Long> ends, Supplier<Duration> brokerCpu) {
        try {
            pattern = new ObjectName(
                    "kafka.consumer:type=consumer-fetch-manager-metrics,client-id=*,topic=" + topic + ",partition=*");
        } catch (MalformedObjectNameException e) {
            throw new IllegalArgumentException("topic: " + topic + " (expected: letters, digits, or -)", e);
        }
        this.ends = ends;
        records = ends.stream().mapToLong(Long::longValue).sum();
        this.brokerCpu = brokerCpu;
        thread.setDaemon(true);
    }

    /**
     * Starts to measure.
     *
     * @param topic read by one consumer of this JVM per partition
     * @param ends number of records in each partition
     * @param brokerCpu returns the CPU time that the broker has used
     */
    static ConsumptionMeter start(String topic, List<Long> ends, Supplier<Duration> brokerCpu) {
        ConsumptionMeter meter = new ConsumptionMeter(topic, ends, brokerCpu);
        meter.thread.start();
        return meter;
    }

    private void observe() {
        while (!stopped) {
            long read = read();
            if (observations.isEmpty() || read > observations.get(observations.size() - 1).read) {
                observations.add(now(read));
            }
            LockSupport.parkNanos(INTERVAL_NANOS);
        }
    }

    private Observation now(long read) {
        long collection = collectors.stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                .sum();
        return new Observation(
                read, System.nanoTime(), system.getProcessCpuTime(), brokerCpu.get(), collection, Allocations.now());
    }

    /** Returns the number of records read. A consumer that has not started or has closed counts as 0. */
    private long read() {
        long read = 0;
        for (ObjectName consumer : beans.queryNames(pattern, null)) {
            try {
                if (beans.getAttribute(consumer, LAG) instanceof Double lag && !lag.isNaN()) {
                    int partition = Integer.parseInt(consumer.getKeyProperty("partition"));
                    read += ends.get(partition) - lag.longValue();
                }
            } catch (JMException e) {
                // The consumer has closed.
            }
        }
        return read;
    }

    /**
     * Stops, and returns what was measured. If the consumer was too fast to be observed twice, the interval is that from the start
     * of the meter to now.
     */
    Measurement stop() throws InterruptedException {
        close();
        thread.join();
        if (observations.size() < 3) {
            observations.add(now(records));
        }
        Observation last = observations.get(observations.size() - 1);
        Observation first = observations.stream()
                .filter(observation -> observation.read >= records / SKIPPED_FRACTION && observation.read < last.read)
                .findFirst()
                .orElse(observations.get(0));
        return new Measurement(
                last.read - first.read,
                (last.at - first.at) / 1e9,
                (last.cpu - first.cpu) / 1e9,
                last.brokerCpu.minus(first.brokerCpu).toNanos() / 1e9,
                (last.collection - first.collection) / 1e3,
                last.allocations.since(first.allocations),
                null);
    }

    @Override
    public void close() {
        stopped = true;
    }
}
