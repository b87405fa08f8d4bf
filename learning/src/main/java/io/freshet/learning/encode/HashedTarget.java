package io.freshet.learning.encode;

/** Receives the hashed features of a row, field by field. */
interface HashedTarget {
    /** Receives the value of a category. */
    void category(HashedField field, int hash);

    /** Receives a word, {@code bytes[from, to)} of the row. */
    void word(HashedField field, int hash, int from, int to);

    /** Receives the values of a cross. */
    void cross(HashedCross cross, int hash);

    /** Receives an entry of a sparse vector. */
    void entry(HashedField field, int hash, int index, float value);

    /** Receives a part of a time, such as its hour; -1 if it is missing. */
    void timePart(String feature, int value, int hash);

    /** Called after the last feature of each field. */
    void endField();
}
