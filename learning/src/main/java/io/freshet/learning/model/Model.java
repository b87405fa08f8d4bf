package io.freshet.learning.model;

/** The shape of what is learned: a value from the specification that makes networks. */
public sealed interface Model permits Linear {
    /** Returns the name in YAML, for example {@code linear}. */
    String name();

    /**
     * Returns how many parameters there are.
     *
     * @param rows of features: the bias, the numeric features, the buckets of hashed ones
     * @param outputs K
     */
    int parameterCount(int rows, int outputs);

    /** Returns a network with scratch space of its own, for one thread. */
    Network network(int rows, int outputs);
}
