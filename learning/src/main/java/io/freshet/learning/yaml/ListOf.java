package io.freshet.learning.yaml;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The mappings of a list, which differ in the field that may stand for each. A single mapping needs no list.
 *
 * @param each what each is, in messages
 */
public record ListOf<T>(Section<T> section, String each) implements Type<List<T>> {
    @Override
    public List<T> read(Mapping in, String path, Object value) {
        String key = String.valueOf(section.shortField());
        List<T> all = new ArrayList<>();
        Set<Object> keys = new HashSet<>();
        for (Object element : value instanceof List<?> many ? many : List.of(value)) {
            String at = value instanceof List ? path + "[" + all.size() + "]" : path;
            if (element == null) {
                throw SpecException.of(at, "null", section.expected());
            }
            Mapping mapping = section.open(in, at, element, "");
            @Nullable T read = section.read(mapping);
            if (read != null) {
                all.add(read);
            }
            Object name = mapping.get(key, Object.class);
            if (!keys.add(name)) {
                throw SpecException.of(mapping.path(key), name, "each " + each + " once");
            }
        }
        return List.copyOf(all);
    }

    @Override
    public Object write(List<T> all) {
        return new ArrayList<>(all.stream().map(section::write).toList());
    }

    @Override
    public String expected() {
        return "a mapping, or a list of mappings";
    }

    @Override
    public Nested<?> longForm() {
        return section;
    }
}
