package io.freshet.learning.learner;

import java.io.IOException;

/** Output that takes the little-endian bytes of floats without a copy of them in between. */
public interface FloatOutput {
    void writeFloats(float[] array, int length) throws IOException;
}
