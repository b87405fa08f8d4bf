package io.freshet.learning.spec;

import io.freshet.learning.schedule.Constant;
import io.freshet.learning.schedule.Schedule;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** Every schedule that a specification can name, with its hyperparameters, their defaults and their ranges. */
public final class ScheduleTable {
    private static final SortedMap<String, Function<SpecNode, Schedule>> ALL =
            new TreeMap<>(Map.of("constant", node -> new Constant()));

    private ScheduleTable() {}

    /** Returns the names of all of them, in order. */
    public static Set<String> names() {
        return Collections.unmodifiableSet(ALL.keySet());
    }

    static Schedule read(SpecNode node) {
        return node.choose("constant", ALL).apply(node);
    }
}
