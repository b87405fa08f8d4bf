package io.freshet.schemas.sample;

import io.freshet.learning.features.RowLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the fields of a layout in a record: at the top level under the full name, or nested along the dots of the name. */
public final class FieldPaths {
    private final Map<String, Field> byFullName = new HashMap<>();
    private final Node root = new Node();
    private final List<NumberedColumns> columns = new ArrayList<>();

    /** A field of the layout, with its index among the numbers, texts, and vectors, or -1. */
    public static final class Field {
        public final String name;
        public final int number;
        public final int text;
        public final int vector;
        /** Whether every model reads the text as a sparse vector. */
        public final boolean sparse;

        /** Whether every model reads the field as a date and time, which may be a number or a text. */
        public final boolean dateTime;

        public final boolean id;
        public final boolean time;
        public final boolean model;
        /** Number of the last record with this field at the top level under its full name, which wins over a path. */
        public long fullNameInRecord;

        Field(String name, RowLayout layout, RecordFields fields) {
            this.name = name;
            number = layout.number(name);
            text = layout.text(name);
            vector = layout.vector(name);
            sparse = layout.sparse().contains(name);
            dateTime = layout.times().contains(name);
            id = name.equals(fields.id());
            time = name.equals(fields.time());
            model = name.equals(fields.model());
        }

        /** Returns whether this is one of {@link RecordFields}. */
        public boolean isRecordField() {
            return id || time || model;
        }
    }

    /** One step of the paths: the fields of one nested object. */
    public static final class Node {
        private final Map<String, Node> children = new HashMap<>();
        private final Map<String, NumberedColumns> prefixes = new HashMap<>();
        private @Nullable Field field;

        public @Nullable Node child(String name) {
            return children.get(name);
        }

        /** Returns whether no path continues here. */
        public boolean isLeaf() {
            return children.isEmpty() && prefixes.isEmpty();
        }

        /** Returns the next steps, by name. */
        public Map<String, Node> children() {
            return children;
        }

        /** Returns the vectors with numbered keys at this step, by the prefix of the keys. */
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
        for (int index = 0; index < layout.vectors().size(); index++) {
            String name = layout.vectors().get(index);
            add(RowLayout.wireName(name), layout, fields);
            if (RowLayout.isPrefix(name)) {
                addColumns(new NumberedColumns(RowLayout.wireName(name), index));
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
        Field field = byFullName.computeIfAbsent(name, key -> new Field(key, layout, fields));
        Node node = root;
        for (String step : name.split("\\.", -1)) {
            node = node.children.computeIfAbsent(step, key -> new Node());
        }
        node.field = field;
    }

    /** Returns all vectors that may have numbered keys. */
    List<NumberedColumns> columns() {
        return columns;
    }

    /**
     * Returns the field whose full name is that of a top-level field, or null.
     *
     * @param child the first step of the same name, or null
     */
    public @Nullable Field byFullName(String name, @Nullable Node child) {
        return child != null ? child.field : byFullName.get(name);
    }

    public Node root() {
        return root;
    }
}
