package io.freshet.learning.spec.table;

import io.freshet.learning.schedule.Constant;
import io.freshet.learning.schedule.CosineDecay;
import io.freshet.learning.schedule.ExponentialDecay;
import io.freshet.learning.schedule.InverseDecay;
import io.freshet.learning.schedule.PlateauDecay;
import io.freshet.learning.schedule.Schedule;
import io.freshet.learning.schedule.StepDecay;
import io.freshet.learning.schedule.Warmup;
import io.freshet.learning.yaml.SpecException;
import io.freshet.learning.yaml.SpecNode;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * All learning rate schedules by YAML name, with the defaults and ranges of their hyperparameters. Each can have a warm-up,
 * in updates; 0 to disable.
 */
public final class ScheduleTable {
    private static final long MOST = 1L << 53;
    private static final SortedMap<String, Function<SpecNode, Schedule>> ALL = new TreeMap<>(Map.of(
            "constant", node -> new Constant(),
            "step",
                    node -> new StepDecay(
                            node.number("gamma", 0.5, StepDecay::validGamma, "in (0, 1]"),
                            node.whole("every", 10_000, 1, MOST)),
            "exponential",
                    node -> new ExponentialDecay(node.number("gamma", 0.9999, StepDecay::validGamma, "in (0, 1]")),
            "cosine",
                    node -> new CosineDecay(
                            node.whole("steps", 100_000, 1, MOST),
                            node.number("minimum", 0, value -> value >= 0 && value <= 1000, "in [0, 1000]"),
                            node.flag("restarts", false)),
            "inverse",
                    node -> new InverseDecay(
                            node.number("tau", 10_000, InverseDecay::validTau, "> 0"),
                            node.number("power", 0.5, InverseDecay::validPower, "in (0, 10]")),
            "plateau",
                    node -> new PlateauDecay(
                            node.number("gamma", 0.5, PlateauDecay::validGamma, "in (0, 1)"),
                            node.integer("patience", 10, 1, Integer.MAX_VALUE),
                            node.number("threshold", 1e-4, PlateauDecay::validThreshold, "in [0, 1)"))));

    private ScheduleTable() {}

    /** Returns the sorted names of all schedules. */
    public static Set<String> names() {
        return Collections.unmodifiableSet(ALL.keySet());
    }

    /** @param learningRate of the optimizer, the upper limit of a schedule's minimum */
    public static Schedule read(SpecNode node, double learningRate) {
        Schedule schedule = node.choose("constant", ALL).apply(node);
        if (schedule instanceof CosineDecay cosine && cosine.minimum() > learningRate) {
            throw SpecException.of(
                    node.path("minimum"), cosine.minimum(), "at most optimizer.learningRate, " + learningRate);
        }
        long warmup = node.whole("warmup", 0, 0, MOST);
        return warmup == 0 ? schedule : new Warmup(schedule, warmup);
    }
}
