package io.freshet.server;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.Callable;

/** What an action allocates on its thread. */
public final class Allocations {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Allocations() {}

    /** Returns the bytes that an action allocates, which may fail, when its classes are loaded. */
    public static long of(Callable<?> action) {
        run(action);
        long before = THREADS.getCurrentThreadAllocatedBytes();
        run(action);
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    private static void run(Callable<?> action) {
        try {
            action.call();
        } catch (Exception e) {
            // Hostile input is rejected.
        }
    }
}
