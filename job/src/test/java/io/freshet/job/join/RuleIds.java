package io.freshet.job.join;

import io.freshet.learning.join.JoinEmission;
import io.freshet.learning.join.JoinListener;
import io.freshet.learning.join.JoinOutcome;
import io.freshet.learning.join.JoinRequest;
import io.freshet.learning.join.JoinRule;
import io.freshet.learning.join.JoinState;
import io.freshet.learning.join.Unjoined;
import io.freshet.learning.spec.ModelSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** The same as {@link JoinedIds} without Flink: one rule in memory, which sees every watermark. */
final class RuleIds {
    private final Map<String, JoinRule> rules = new HashMap<>();
    private final Map<String, JoinState> states = new TreeMap<>();
    private final Map<String, List<String>> outputs = new TreeMap<>();
    private String id = "";
    private long watermark = Long.MIN_VALUE;

    RuleIds(List<ModelSpec> specs) {
        for (ModelSpec spec : specs) {
            rules.put(spec.name(), new JoinRule(Objects.requireNonNull(spec.join()), value -> value, new Listener()));
        }
    }

    void send(JoinInput.Keyed input) {
        id = input.modelKey();
        JoinState state = states.computeIfAbsent(id, key -> new JoinState());
        if (input instanceof JoinInput.Requested requested) {
            if (rule().request(state, requested.request(), watermark) == JoinRule.Arrival.LATE) {
                add("request late");
            }
        } else if (input instanceof JoinInput.Observed observed) {
            rule().outcome(state, observed.outcome(), watermark);
        }
    }

    void advance(long next) {
        watermark = next;
        states.forEach((key, state) -> {
            id = key;
            rule().advance(state, watermark);
        });
    }

    Map<String, List<String>> outputs() {
        return outputs;
    }

    private JoinRule rule() {
        return Objects.requireNonNull(rules.get(id.substring(0, id.indexOf('/'))));
    }

    private void add(String what) {
        outputs.computeIfAbsent(id, key -> new ArrayList<>()).add(what);
    }

    private final class Listener implements JoinListener {
        @Override
        public void emit(JoinRequest request, JoinEmission emission) {
            add(emission.stage() + " " + emission.label()
                    + (Double.isNaN(emission.previous()) ? "" : " instead of " + emission.previous()));
        }

        @Override
        public void unjoined(JoinOutcome outcome, Unjoined reason) {
            add("outcome " + outcome.offset() + " " + reason.name().toLowerCase(Locale.ROOT));
        }

        @Override
        public void doubled(JoinOutcome outcome, boolean contradicts) {}

        @Override
        public void full(JoinOutcome outcome) {}

        @Override
        public void closed(JoinRequest request, double label, long delayMillis) {}
    }
}
