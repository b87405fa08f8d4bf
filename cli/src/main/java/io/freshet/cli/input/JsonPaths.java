package io.freshet.cli.input;

import io.freshet.learning.features.RowLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where in a JSON object the fields of a layout may stand: at the top by their whole name, or nested, by its dots. */
final class JsonPaths {
    private final Map<String, Field> whole = new HashMap<>();
    private final Node root = new Node();
    private final List<JsonColumns> columns = new ArrayList<>();

    /** A field of the layout, with its place among the numbers, among the texts and among the vectors, or -1. */
    static final class Field {
        final String name;
        final int number;
        final int text;
        final int vector;
        /** The row in which it stood at the top by its whole name, which is then what counts. */
        long wholeInRow;

        Field(String name, RowLayout layout) {
            this.name = name;
            number = layout.number(name);
            text = layout.text(name);
            vector = layout.vector(name);
        }
    }

    /** A step of the paths. */
    static final class Node {
        private final Map<String, Node> children = new HashMap<>();
        private final Map<String, JsonColumns> prefixes = new HashMap<>();
        private @Nullable Field field;

        @Nullable Node child(String name) {
            return children.get(name);
        }

        /** Returns the vectors whose numbers stand here under keys of their own, by the prefix of these. */
        Map<String, JsonColumns> prefixes() {
            return prefixes;
        }

        /** Returns the field whose path ends here. */
        @Nullable Field field() {
            return field;
        }
    }

    JsonPaths(RowLayout layout) {
        layout.numbers().forEach(name -> add(name, layout));
        layout.texts().forEach(name -> add(name, layout));
        for (int place = 0; place < layout.vectors().size(); place++) {
            String name = layout.vectors().get(place);
            add(RowLayout.wireName(name), layout);
            if (RowLayout.isPrefix(name)) {
                addColumns(new JsonColumns(RowLayout.wireName(name), place));
            }
        }
    }

    private void addColumns(JsonColumns vector) {
        columns.add(vector);
        root.prefixes.put(vector.prefix(), vector);
        Node node = root;
        String rest = vector.prefix();
        for (int dot = rest.indexOf('.'); dot >= 0; dot = rest.indexOf('.')) {
            node = node.children.computeIfAbsent(rest.substring(0, dot), key -> new Node());
            rest = rest.substring(dot + 1);
        }
        node.prefixes.put(rest, vector);
    }

    private void add(String name, RowLayout layout) {
        Field field = whole.computeIfAbsent(name, key -> new Field(key, layout));
        Node node = root;
        for (String step : name.split("\\.", -1)) {
            node = node.children.computeIfAbsent(step, key -> new Node());
        }
        node.field = field;
    }

    /** Returns the vectors whose numbers may stand under keys of their own. */
    List<JsonColumns> columns() {
        return columns;
    }

    @Nullable Field whole(String name) {
        return whole.get(name);
    }

    Node root() {
        return root;
    }
}
