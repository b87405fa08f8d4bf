package io.freshet.cli.input;

import io.freshet.learning.features.RowLayout;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where in a JSON object the fields of a layout may stand: at the top by their whole name, or nested, by its dots. */
final class JsonPaths {
    private final Map<String, Field> whole = new HashMap<>();
    private final Node root = new Node();

    /** A field of the layout, with its place among the numbers and among the texts, or -1. */
    static final class Field {
        final String name;
        final int number;
        final int text;
        /** The row in which it stood at the top by its whole name, which is then what counts. */
        long wholeInRow;

        Field(String name, RowLayout layout) {
            this.name = name;
            number = layout.number(name);
            text = layout.text(name);
        }
    }

    /** A step of the paths. */
    static final class Node {
        private final Map<String, Node> children = new HashMap<>();
        private @Nullable Field field;

        @Nullable Node child(String name) {
            return children.get(name);
        }

        /** Returns the field whose path ends here. */
        @Nullable Field field() {
            return field;
        }
    }

    JsonPaths(RowLayout layout) {
        layout.numbers().forEach(name -> add(name, layout));
        layout.texts().forEach(name -> add(name, layout));
    }

    private void add(String name, RowLayout layout) {
        Field field = whole.computeIfAbsent(name, key -> new Field(key, layout));
        Node node = root;
        for (String step : name.split("\\.", -1)) {
            node = node.children.computeIfAbsent(step, key -> new Node());
        }
        node.field = field;
    }

    @Nullable Field whole(String name) {
        return whole.get(name);
    }

    Node root() {
        return root;
    }
}
