package io.freshet.job.join.score;

import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.learner.FieldCodec;
import io.freshet.learning.predict.AnswerScorer;
import io.freshet.schemas.loop.ServedScore;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The scores of answers by the values of one dimension: up to {@value #MOST} values have tallies of their own, and the rest have one
 * together, so the sum of all is that of all answers.
 *
 * <p>The first values are listed. Later, a value replaces the rarest of them once it has surely occurred 25% more often ({@link
 * FrequentValues}); then its tally starts with this answer, and that of the other goes to the rest. The margin keeps values of the
 * same frequency from taking turns. The result depends on the answers and their order only. Not thread-safe.
 */
final class DimensionScores {
    /** Values with tallies of their own. */
    static final int MOST = 32;

    /** Longest text of a value, in chars. */
    static final int LONGEST_VALUE = 100;

    private static final long MARGIN = 4;

    private final String name;
    private final Tally none;
    private final Map<String, Listed> listed = new TreeMap<>();
    private FrequentValues others = new FrequentValues();
    private @Nullable ServedTally rest;

    /** A value with a tally of its own, which may have started later than its count. */
    private static final class Listed {
        private final ServedTally tally;
        private long count;

        Listed(ServedTally tally, long count) {
            this.tally = tally;
            this.count = count;
        }
    }

    /** @param none a tally without samples; not changed */
    DimensionScores(String name, Tally none) {
        this.name = name;
        this.none = none;
    }

    /**
     * Adds the answer that was evaluated last.
     *
     * @param text value of the dimension; null if the answer has none
     */
    void add(@Nullable String text, AnswerScorer scorer) {
        String value = text == null ? "" : shortened(text);
        if (value.equals(ServedScore.OTHER)) {
            rest().add(scorer);
            return;
        }
        Listed known = listed.get(value);
        if (known == null && listed.size() < MOST) {
            known = new Listed(new ServedTally(none.empty()), 0);
            listed.put(value, known);
        }
        if (known == null) {
            addOther(value, scorer);
        } else {
            known.count++;
            known.tally.add(scorer);
        }
    }

    private void addOther(String value, AnswerScorer scorer) {
        long count = others.add(value);
        String rarest = rarest();
        long least = Objects.requireNonNull(listed.get(rarest)).count;
        if (count > least + least / MARGIN) {
            rest().add(Objects.requireNonNull(listed.remove(rarest)).tally);
            others.replace(value, rarest, least);
            Listed added = new Listed(new ServedTally(none.empty()), count);
            listed.put(value, added);
            added.tally.add(scorer);
        } else {
            rest().add(scorer);
        }
    }

    private ServedTally rest() {
        ServedTally known = rest;
        if (known == null) {
            known = new ServedTally(none.empty());
            rest = known;
        }
        return known;
    }

    /** Returns the listed value with the fewest answers; of several, the first in the order of texts. */
    private String rarest() {
        String rarest = "";
        long least = Long.MAX_VALUE;
        for (Map.Entry<String, Listed> entry : listed.entrySet()) {
            if (entry.getValue().count < least) {
                rarest = entry.getKey();
                least = entry.getValue().count;
            }
        }
        return rarest;
    }

    /** Does not cut a pair of surrogates. */
    private static String shortened(String value) {
        if (value.length() <= LONGEST_VALUE) {
            return value;
        }
        int end = Character.isHighSurrogate(value.charAt(LONGEST_VALUE - 1)) ? LONGEST_VALUE - 1 : LONGEST_VALUE;
        return value.substring(0, end);
    }

    void endWindow() {
        listed.values().forEach(value -> value.tally.endWindow());
        if (rest != null) {
            rest.endWindow();
        }
    }

    /** Returns the scores of the values with the most answers first, and last those of the rest; none if no answer has a value. */
    List<ServedScore> scores() {
        List<ServedScore> scores = new ArrayList<>();
        if (!listed.keySet().stream().allMatch(String::isEmpty)) {
            listed.entrySet().stream()
                    .sorted(Comparator.comparingLong(
                            entry -> -entry.getValue().tally.samples()))
                    .forEach(entry -> scores.add(entry.getValue().tally.score(name, entry.getKey())));
        }
        if (rest != null) {
            scores.add(rest.score(name, ServedScore.OTHER));
        }
        return scores;
    }

    void write(DataOutput out) throws IOException {
        out.writeInt(listed.size());
        for (Map.Entry<String, Listed> entry : listed.entrySet()) {
            out.writeUTF(entry.getKey());
            out.writeLong(entry.getValue().count);
            entry.getValue().tally.write(out);
        }
        others.write(out);
        FieldCodec.writeOptional(rest, ServedTally::write, out);
    }

    void read(DataInput in) throws IOException {
        for (int left = in.readInt(); left > 0; left--) {
            String value = in.readUTF();
            long count = in.readLong();
            listed.put(value, new Listed(ServedTally.read(in), count));
        }
        others = FrequentValues.read(in);
        rest = FieldCodec.readOptional(ServedTally::read, in);
    }
}
