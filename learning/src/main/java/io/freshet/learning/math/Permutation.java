package io.freshet.learning.math;

/**
 * A random order of a bounded input for each epoch.
 *
 * <pre>
 *   for i = count - 1 down to 1: swap i and j, j uniform in [0, i]        Fisher-Yates, from 0, 1, 2, ...
 * </pre>
 *
 * A pure function of (seed, epoch, count). All orders are equally likely, within the limits of the generator. Pinned by
 * {@code PermutationTest}.
 *
 * @see <a href="https://doi.org/10.1145/364520.364540">Durstenfeld, Algorithm 235: Random permutation, 1964</a>
 */
public final class Permutation {
    private Permutation() {}

    /**
     * Returns the numbers [0, {@code count}) in the order of an epoch.
     *
     * @param epoch from 0
     */
    public static int[] of(long seed, int epoch, int count) {
        SplitMix64 random =
                new SplitMix64(SplitMix64.at(SplitMix64.of(seed, "shuffle").state(), epoch));
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            order[i] = i;
        }
        for (int i = count - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int kept = order[i];
            order[i] = order[j];
            order[j] = kept;
        }
        return order;
    }
}
