package io.freshet.learning.features;

import java.util.Collection;
import java.util.List;

/** The fields that a model reads from a record, by kind. */
public interface InputFields {
    /** Returns the names of the fields read as numbers. */
    Collection<String> numberFields();

    /** Returns the names of the fields read as text. */
    Collection<String> textFields();

    /** Returns the names of the text fields that are read as sparse vectors only. */
    default Collection<String> sparseFields() {
        return List.of();
    }

    /**
     * Returns the names of the number fields that are read as dates and times only, or of which only the presence counts, so that
     * they may be texts instead.
     */
    default Collection<String> timeFields() {
        return List.of();
    }

    /** Returns the names of the vector fields; a name that ends with {@code *} is a column prefix. */
    Collection<String> vectorFields();
}
