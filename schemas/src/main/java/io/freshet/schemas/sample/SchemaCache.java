package io.freshet.schemas.sample;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was created from schemas, by id: the most recently used, up to a total length of their texts. Not thread-safe. */
public final class SchemaCache<V> {
    private final int limit;
    private final Map<Integer, Entry<V>> entries = new LinkedHashMap<>(16, 0.75f, true);
    private long length;

    private record Entry<V>(V value, int length) {}

    /** @param limit of the total length, in characters; one value is kept even if it is longer */
    public SchemaCache(int limit) {
        this.limit = limit;
    }

    public @Nullable V get(int id) {
        Entry<V> entry = entries.get(id);
        return entry == null ? null : entry.value;
    }

    /** @param schemas that the value was created from */
    public void put(int id, V value, List<String> schemas) {
        Entry<V> added =
                new Entry<>(value, schemas.stream().mapToInt(String::length).sum());
        Entry<V> replaced = entries.put(id, added);
        length += added.length - (replaced == null ? 0 : replaced.length);
        Iterator<Entry<V>> oldest = entries.values().iterator();
        while (length > limit && entries.size() > 1) {
            length -= oldest.next().length;
            oldest.remove();
        }
    }
}
