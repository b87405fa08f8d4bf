package io.freshet.learning.learner;

import java.io.IOException;

/** Input that has floats as little-endian bytes in memory, and fills arrays without a copy of the bytes in between. */
public interface FloatInput {
    /**
     * Fills a range of an array.
     *
     * @throws java.io.EOFException if there are fewer floats
     */
    void readFloats(float[] array, int from, int count) throws IOException;
}
