package io.freshet.benchmarks.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;

/**
 * Bytes that each live thread has allocated on the Java heap, except the calling one.
 *
 * @param byThread by the thread's id
 */
record Allocations(Map<Long, Long> byThread) {
    private static final ThreadMXBean THREADS = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

    static Allocations now() {
        long[] ids = THREADS.getAllThreadIds();
        long[] bytes = THREADS.getThreadAllocatedBytes(ids);
        Map<Long, Long> byThread = new HashMap<>();
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] != Thread.currentThread().getId()) {
                byThread.put(ids[i], bytes[i]);
            }
        }
        return new Allocations(byThread);
    }

    /** Returns the bytes allocated since then by the threads that are alive now. */
    long since(Allocations then) {
        return byThread.entrySet().stream()
                .mapToLong(thread -> thread.getValue() - then.byThread.getOrDefault(thread.getKey(), 0L))
                .sum();
    }
}
