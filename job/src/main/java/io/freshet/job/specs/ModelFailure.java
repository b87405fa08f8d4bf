package io.freshet.job.specs;

import io.freshet.schemas.kafka.RecordLimit;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import org.apache.flink.runtime.execution.CancelTaskException;
import org.apache.flink.util.ExceptionUtils;
import org.apache.flink.util.FlinkRuntimeException;
import org.jspecify.annotations.Nullable;

/**
 * Why a model is not learned: a failure that is the model's own, so that the others continue.
 *
 * <pre>
 *   the model's own   an unchecked exception, a missing class or native library, a stack overflow,
 *                     no memory for what it asked, while at least a tenth of the heap is free
 *   the job's         everything else: checked exceptions (state backend), Flink's own, a heap that is exhausted,
 *                     an interrupt, by which Flink cancels a task that waits
 * </pre>
 */
public final class ModelFailure {
    /** A smaller share of the heap means that any model could have been the one that got none. */
    private static final double FREE_SHARE = 0.1;

    private final String reason;
    private final @Nullable Throwable cause;
    private boolean reported;

    private ModelFailure(String reason, @Nullable Throwable cause) {
        this.reason = RecordLimit.shortened(reason);
        this.cause = cause;
    }

    /** Returns a failure with a reason of our own. */
    public static ModelFailure because(String reason) {
        return new ModelFailure(reason, null);
    }

    /**
     * Returns the failure of a model, or rethrows one that is not its own.
     *
     * @param thrown unchecked, by code that works for one model
     */
    public static ModelFailure of(Throwable thrown) {
        if (!isOwn(thrown)) {
            ExceptionUtils.rethrow(thrown);
        }
        return new ModelFailure(describe(thrown), thrown);
    }

    private static boolean isOwn(Throwable thrown) {
        if (thrown instanceof RuntimeException) {
            return !(thrown instanceof FlinkRuntimeException
                    || thrown instanceof CancelTaskException
                    || ExceptionUtils.findThrowable(thrown, ModelFailure::isInterrupt)
                            .isPresent());
        }
        return thrown instanceof LinkageError
                || thrown instanceof AssertionError
                || thrown instanceof StackOverflowError
                || (ExceptionUtils.isHeapSpaceOutOfMemoryError(thrown) && !isHeapExhausted());
    }

    /** A timeout of a socket is an {@link InterruptedIOException} without an interrupt. */
    private static boolean isInterrupt(Throwable thrown) {
        return thrown instanceof InterruptedException
                || thrown instanceof ClosedByInterruptException
                || thrown instanceof InterruptedIOException && !(thrown instanceof SocketTimeoutException);
    }

    /** Frees what the failed model had allocated so far before measuring. */
    private static boolean isHeapExhausted() {
        System.gc();
        Runtime jvm = Runtime.getRuntime();
        long free = jvm.maxMemory() - jvm.totalMemory() + jvm.freeMemory();
        return free < FREE_SHARE * jvm.maxMemory();
    }

    /** Returns the exception and where it was thrown, since the log that has the stack may be on another machine. */
    private static String describe(Throwable thrown) {
        StackTraceElement[] stack = thrown.getStackTrace();
        return stack.length == 0 ? thrown.toString() : thrown + " at " + stack[0];
    }

    public String reason() {
        return reason;
    }

    public @Nullable Throwable cause() {
        return cause;
    }

    /** Returns true at the first call, and false afterward. */
    public boolean isNew() {
        boolean first = !reported;
        reported = true;
        return first;
    }
}
