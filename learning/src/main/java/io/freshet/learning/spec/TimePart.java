package io.freshet.learning.spec;

import java.time.LocalDateTime;
import java.util.Locale;

/**
 * A part of a date and time.
 *
 * <pre>
 *   part      value                              turn: the share of its cycle that has passed
 *   hour      0 to 23                            seconds of the day / 86400
 *   weekday   1, Monday, to 7 (ISO 8601)         (value - 1) / 7
 *   day       1 to 31, of the month              (value - 1) / length of the month
 *   month     1 to 12                            (value - 1) / 12
 * </pre>
 */
public enum TimePart {
    HOUR {
        @Override
        public int value(LocalDateTime time) {
            return time.getHour();
        }

        @Override
        public double turn(LocalDateTime time) {
            return time.toLocalTime().toSecondOfDay() / 86400.0;
        }
    },
    WEEKDAY {
        @Override
        public int value(LocalDateTime time) {
            return time.getDayOfWeek().getValue();
        }

        @Override
        public double turn(LocalDateTime time) {
            return (value(time) - 1) / 7.0;
        }
    },
    DAY {
        @Override
        public int value(LocalDateTime time) {
            return time.getDayOfMonth();
        }

        @Override
        public double turn(LocalDateTime time) {
            return (value(time) - 1.0) / time.toLocalDate().lengthOfMonth();
        }
    },
    MONTH {
        @Override
        public int value(LocalDateTime time) {
            return time.getMonthValue();
        }

        @Override
        public double turn(LocalDateTime time) {
            return (value(time) - 1) / 12.0;
        }
    };

    public abstract int value(LocalDateTime time);

    public abstract double turn(LocalDateTime time);

    /** Returns its name in a specification. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
