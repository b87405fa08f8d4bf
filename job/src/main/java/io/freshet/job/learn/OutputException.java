package io.freshet.job.learn;

import org.apache.flink.util.WrappingRuntimeException;

/** A failure of an output while a model was learned, which is not the model's own. Flink unwraps it. */
final class OutputException extends WrappingRuntimeException {
    private static final long serialVersionUID = 1;

    OutputException(Throwable cause) {
        super(cause);
    }
}
