package io.freshet.server;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;

/** Collects what is logged at ERROR until it is closed. */
final class ErrorLog implements AutoCloseable {
    private final List<String> messages = new CopyOnWriteArrayList<>();
    private final AbstractAppender appender = new AbstractAppender("errors", null, null, true, Property.EMPTY_ARRAY) {
        @Override
        public void append(LogEvent event) {
            if (event.getLevel().isMoreSpecificThan(Level.ERROR)) {
                messages.add(event.getLoggerName() + ": " + event.getMessage().getFormattedMessage() + ", "
                        + event.getThrown());
            }
        }
    };

    ErrorLog() {
        appender.start();
        ((Logger) LogManager.getRootLogger()).addAppender(appender);
    }

    List<String> messages() {
        return messages;
    }

    @Override
    public void close() {
        ((Logger) LogManager.getRootLogger()).removeAppender(appender);
    }
}
