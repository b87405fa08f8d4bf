package io.freshet.learning.predict;

import io.freshet.learning.encode.HashedNames;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The names seen for some buckets, that is, rows of hashed features. Several names in one bucket are a collision: they share
 * its parameters. Of each bucket, the first {@value #MOST_NAMES} names are kept, so memory is bounded.
 */
public final class SeenNames implements HashedNames.Listener {
    private static final int MOST_NAMES = 32;
    private static final int LISTED = 3;
    private static final int LONGEST = 60;

    private final BitSet wanted;
    private final Map<Integer, Map<String, long[]>> counts = new HashMap<>();

    /**
     * A name and how often it was seen.
     *
     * @param name such as {@code origin=DEN}
     */
    public record Seen(String name, long count) {}

    /** @param wanted buckets */
    public SeenNames(BitSet wanted) {
        this.wanted = wanted;
    }

    /** Returns names of no bucket. */
    static SeenNames none() {
        return new SeenNames(new BitSet());
    }

    @Override
    public boolean wants(int bucket) {
        return wanted.get(bucket);
    }

    @Override
    public void add(int bucket, String name) {
        Map<String, long[]> names = counts.computeIfAbsent(bucket, any -> new LinkedHashMap<>());
        long[] count = names.get(name);
        if (count != null) {
            count[0]++;
        } else if (names.size() < MOST_NAMES) {
            names.put(name, new long[] {1});
        }
    }

    /** Returns the names of a bucket, the most frequent first. */
    public List<Seen> of(int bucket) {
        return counts.getOrDefault(bucket, Map.of()).entrySet().stream()
                .map(each -> new Seen(each.getKey(), each.getValue()[0]))
                .sorted(Comparator.comparingLong(Seen::count).reversed().thenComparing(Seen::name))
                .toList();
    }

    /** Returns the number of wanted buckets without a name. */
    public int unnamed() {
        return wanted.cardinality() - counts.size();
    }

    /** Returns the number of buckets with several names. */
    public int shared() {
        return (int) counts.values().stream().filter(names -> names.size() > 1).count();
    }

    /** Returns the names of a bucket for a table, or "" if it has none. */
    String text(int bucket) {
        List<Seen> names = of(bucket);
        String listed =
                names.stream().limit(LISTED).map(each -> printable(each.name())).collect(Collectors.joining(" | "));
        return names.size() > LISTED ? listed + " | " + (names.size() - LISTED) + " more" : listed;
    }

    private static String printable(String name) {
        String shown = name.length() > LONGEST ? name.substring(0, LONGEST) + "..." : name;
        return shown.replaceAll("\\p{IsControl}", "?");
    }
}
