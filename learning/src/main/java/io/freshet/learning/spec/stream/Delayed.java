package io.freshet.learning.spec.stream;

import io.freshet.learning.spec.table.ShortForm;
import io.freshet.learning.yaml.SpecNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** How a model learns a label that changes after it was learned. */
public sealed interface Delayed {
    /** Corrects the label: steps along the difference of the two gradients. */
    Delayed RETRACT = new Retract();
    /** Learns no label before it is final. */
    Delayed WAIT = new Wait();

    /** The largest share of late positives, relative to the predicted probability. */
    double MAXIMUM_LATE = 1;

    String DELAYED = "delayed";

    SortedMap<String, Function<SpecNode, Delayed>> TYPES = new TreeMap<>(Map.of(
            "retract", node -> RETRACT,
            "wait", node -> WAIT,
            "weighted", node -> new Weighted(late(node)),
            "calibrated", node -> new Calibrated(late(node))));

    static Delayed read(SpecNode join) {
        SpecNode node = ShortForm.node(join, DELAYED);
        Delayed delayed = node.choose("retract", TYPES).apply(node);
        node.end();
        return delayed;
    }

    private static double late(SpecNode node) {
        return node.number("late", 1, late -> late > 0 && late <= MAXIMUM_LATE, "in (0, 1]");
    }

    /** Returns the name in YAML. */
    String name();

    /** Returns whether samples have their final labels when they are emitted. */
    default boolean waits() {
        return false;
    }

    /** Returns whether a label can fall after it was learned, as by a refund. */
    default boolean takesBack() {
        return true;
    }

    /** Returns whether predictions are calibrated, so that the model itself has another output than what is served. */
    default boolean calibrates() {
        return false;
    }

    /** Returns the form in YAML. */
    default Object write() {
        return name();
    }

    private static Object typed(String name, double late) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put(ShortForm.TYPE, name);
        map.put("late", late);
        return map;
    }

    /** A changed label is learned as its difference from the previous one: gradient -(label - previous) x. */
    record Retract() implements Delayed {
        @Override
        public String name() {
            return "retract";
        }
    }

    /** Samples are emitted at the end of attribution. */
    record Wait() implements Delayed {
        @Override
        public String name() {
            return "wait";
        }

        @Override
        public boolean waits() {
            return true;
        }
    }

    /**
     * A late positive is learned as another sample, and importance weights undo the bias.
     *
     * @param late share s of positives that are later than {@code after}, in (0, 1]
     */
    record Weighted(double late) implements Delayed {
        @Override
        public String name() {
            return "weighted";
        }

        @Override
        public boolean takesBack() {
            return false;
        }

        @Override
        public Object write() {
            return typed(name(), late);
        }
    }

    /**
     * A late positive is learned as another sample, and predictions undo the bias: p = b / (1 - s b).
     *
     * @param late share s of positives that are later than {@code after}, in (0, 1]
     */
    record Calibrated(double late) implements Delayed {
        @Override
        public String name() {
            return "calibrated";
        }

        @Override
        public boolean calibrates() {
            return true;
        }

        @Override
        public boolean takesBack() {
            return false;
        }

        @Override
        public Object write() {
            return typed(name(), late);
        }
    }
}
