package io.freshet.faults.checkpoint;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.apache.flink.runtime.checkpoint.CheckpointFailureManager;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.Property;

/** Collects the job manager's log of failed checkpoints, with causes. */
final class CheckpointLog extends AbstractAppender implements AutoCloseable {
    private final Logger logger = (Logger) LogManager.getLogger(CheckpointFailureManager.class);
    private final StringBuffer text = new StringBuffer();

    CheckpointLog() {
        super("checkpoint failures", null, null, false, Property.EMPTY_ARRAY);
        start();
        Configurator.setLevel(logger, Level.WARN);
        logger.addAppender(this);
    }

    @Override
    public void append(LogEvent event) {
        text.append(event.getMessage().getFormattedMessage()).append('\n');
        if (event.getThrown() != null) {
            StringWriter trace = new StringWriter();
            event.getThrown().printStackTrace(new PrintWriter(trace));
            text.append(trace);
        }
    }

    boolean contains(String message) {
        return text.indexOf(message) >= 0;
    }

    @Override
    public void close() {
        logger.removeAppender(this);
        stop();
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
