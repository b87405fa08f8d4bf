package io.freshet.learning.spec;

import io.freshet.learning.features.RowLayout;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A field that a model reads from a record.
 *
 * @param kind what the field is read as
 * @param role what the field is read for
 */
record FieldUse(String name, Kind kind, Role role) {
    /** What a field is read as. */
    enum Kind {
        NUMBER("a number"),
        TEXT("a text"),
        /** A number or a text. */
        TIME("a time"),
        /** A text. */
        SPARSE("a sparse vector"),
        VECTOR("a vector");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    /** What a field is read for. */
    enum Role {
        /** Predictions and learning. */
        INPUT,
        /** The importance of a sample. */
        WEIGHT,
        /** The label, the id, or the selection of records. */
        LEARNING
    }

    static final Set<Kind> NUMBERS = Set.of(Kind.NUMBER, Kind.TIME);
    static final Set<Kind> TEXTS = Set.of(Kind.TEXT, Kind.TIME, Kind.SPARSE);

    /** Returns all uses of fields; those of a kind are in the order of their places in a row. */
    static List<FieldUse> of(ModelSpec spec) {
        FieldSpec fields = spec.fields();
        FeatureSpec features = spec.features();
        List<FieldUse> uses = new ArrayList<>();
        add(uses, Kind.TEXT, Role.INPUT, fields.key());
        features.numeric().forEach(name -> add(uses, Kind.NUMBER, Role.INPUT, name));
        features.hashedFeatures().plainTextFields().forEach(name -> add(uses, Kind.TEXT, Role.INPUT, name));
        features.sparse().forEach(name -> add(uses, Kind.SPARSE, Role.INPUT, name));
        features.timeFields().forEach(name -> add(uses, Kind.TIME, Role.INPUT, name));
        features.dense().forEach(vector -> add(uses, Kind.VECTOR, Role.INPUT, vector.field()));
        add(uses, Kind.TEXT, Role.LEARNING, fields.id());
        Kind label = fields.labelIsVector() ? Kind.VECTOR : fields.labels().isEmpty() ? Kind.NUMBER : Kind.TEXT;
        fields.label().forEach(name -> add(uses, label, Role.LEARNING, name));
        add(uses, Kind.NUMBER, Role.INPUT, features.length());
        add(uses, Kind.NUMBER, Role.WEIGHT, fields.weight());
        add(uses, Kind.NUMBER, Role.WEIGHT, fields.samplingRate());
        When when = spec.stream().when();
        if (when != null) {
            add(uses, kind(when, uses), Role.LEARNING, when.field());
        }
        return uses;
    }

    private static void add(List<FieldUse> uses, @Nullable Kind kind, Role role, @Nullable String name) {
        if (kind != null && name != null) {
            uses.add(new FieldUse(name, kind, role));
        }
    }

    /** Returns as what the field that selects records is read, besides the other uses; null if these suffice. */
    private static @Nullable Kind kind(When when, List<FieldUse> others) {
        boolean isNumber = names(others, NUMBERS).contains(when.field());
        if (!when.exists()) {
            return !when.texts().isEmpty() ? Kind.TEXT : isNumber ? null : Kind.NUMBER;
        }
        boolean isVector = names(others, Set.of(Kind.VECTOR)).stream()
                .anyMatch(name -> RowLayout.wireName(name).equals(when.field()));
        return isNumber || isVector || names(others, TEXTS).contains(when.field()) ? null : Kind.TIME;
    }

    /** Returns whether this use can be served by what another one keeps. A time is read from a number or a text. */
    boolean isReadAs(FieldUse kept) {
        return name.equals(kept.name)
                && (kind == kept.kind || kind == Kind.TIME && (kept.kind == Kind.NUMBER || kept.kind == Kind.TEXT));
    }

    /** Returns the distinct names of the fields that are read as one of some kinds. */
    static List<String> names(Collection<FieldUse> uses, Set<Kind> kinds) {
        return uses.stream()
                .filter(use -> kinds.contains(use.kind))
                .map(FieldUse::name)
                .distinct()
                .toList();
    }
}
