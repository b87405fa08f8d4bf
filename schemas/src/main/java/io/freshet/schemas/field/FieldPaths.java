package io.freshet.schemas.field;

import io.freshet.learning.features.RowLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where in a record the fields of a layout may stand: at the top by their whole name, or nested, by its dots. */
public final class FieldPaths {
    private final Map<String, Field> whole = new HashMap<>();
    private final Node root = new Node();
    private final List<NumberedColumns> columns = new ArrayList<>();

    /** A field of the layout, with its place among the numbers, among the texts and among the vectors, or -1. */
    public static final class Field {
        public final String name;
        public final int number;
        public final int text;
        public final int vector;
        public final boolean id;
        public final boolean time;
        public final boolean model;
        /** The row in which it stood at the top by its whole name, which is then what counts. */
        public long wholeInRow;

        Field(String name, RowLayout layout, RecordFields fields) {
            this.name = name;
            number = layout.number(name);
            text = layout.text(name);
            vector = layout.vector(name);
            id = name.equals(fields.id());
            time = name.equals(fields.time());
            model = name.equals(fields.model());
        }

        /** Whether it is one of {@link RecordFields}. */
        public boolean ofRecord() {
            return id || time || model;
        }

        /** Whether nothing but a vector can be made of it. */
        public boolean isVectorOnly() {
            return vector >= 0 && number < 0 && text < 0;
        }
    }

    /** A step of the paths. */
    public static final class Node {
        private final Map<String, Node> children = new HashMap<>();
        private final Map<String, NumberedColumns> prefixes = new HashMap<>();
        private @Nullable Field field;

        public @Nullable Node child(String name) {
            return children.get(name);
        }

        /** Whether nothing can follow. */
        public boolean isLeaf() {
            return children.isEmpty() && prefixes.isEmpty();
        }

        /** Returns the steps that can follow, by name. */
        public Map<String, Node> children() {
            return children;
        }

        /** Returns the vectors whose numbers stand here under keys of their own, by the prefix of these. */
        public Map<String, NumberedColumns> prefixes() {
            return prefixes;
        }

        /** Returns the field whose path ends here. */
        public @Nullable Field field() {
            return field;
        }
    }

    public FieldPaths(RowLayout layout, RecordFields fields) {
        layout.numbers().forEach(name -> add(name, layout, fields));
        layout.texts().forEach(name -> add(name, layout, fields));
        for (int place = 0; place < layout.vectors().size(); place++) {
            String name = layout.vectors().get(place);
            add(RowLayout.wireName(name), layout, fields);
            if (RowLayout.isPrefix(name)) {
                addColumns(new NumberedColumns(RowLayout.wireName(name), place));
            }
        }
        for (String name : new String[] {fields.id(), fields.time(), fields.model()}) {
            if (name != null) {
                add(name, layout, fields);
            }
        }
    }

    private void addColumns(NumberedColumns vector) {
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

    private void add(String name, RowLayout layout, RecordFields fields) {
        Field field = whole.computeIfAbsent(name, key -> new Field(key, layout, fields));
        Node node = root;
        for (String step : name.split("\\.", -1)) {
            node = node.children.computeIfAbsent(step, key -> new Node());
        }
        node.field = field;
    }

    /** Returns the vectors whose numbers may stand under keys of their own. */
    List<NumberedColumns> columns() {
        return columns;
    }

    public @Nullable Field whole(String name) {
        return whole.get(name);
    }

    public Node root() {
        return root;
    }
}
