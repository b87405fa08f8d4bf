package io.freshet.learning.math;

/**
 * A seeded pseudo-random number generator whose state is one long.
 *
 * <pre>
 *   state' = state + 0x9e3779b97f4a7c15                                2^64 over the golden ratio, made odd
 *   mix(z) : z ^= z >>> 30; z *= 0xbf58476d1ce4e5b9; z ^= z >>> 27; z *= 0x94d049bb133111eb; z ^= z >>> 31
 *   next   = mix(state')
 * </pre>
 *
 * The i-th number (from 0) of a seed is {@code at(seed, i)}, a pure function. So the number for a step, layer, and
 * coordinate is {@code at(at(at(seed, step), layer), coordinate)}, without any state. The period is 2^64. Not
 * cryptographically secure and not thread-safe. Pinned by {@code SplitMix64Test} to published numbers.
 *
 * @see <a href="https://doi.org/10.1145/2660193.2660195">Steele, Lea, Flood, Fast splittable pseudorandom number
 *     generators, 2014</a>
 * @see <a href="https://prng.di.unimi.it/splitmix64.c">Vigna, reference code</a>
 */
public final class SplitMix64 {
    private static final long GAMMA = 0x9e3779b97f4a7c15L;

    private long state;

    /** @param seed any number */
    public SplitMix64(long seed) {
        state = seed;
    }

    /** Returns a generator for one use of a seed; different names give unrelated numbers. */
    public static SplitMix64 of(long seed, String name) {
        long h = at(seed, name.length());
        for (int i = 0; i < name.length(); i++) {
            h = at(h, name.charAt(i));
        }
        return new SplitMix64(h);
    }

    /** Returns number {@code index} (from 0) of the sequence of {@code seed}. */
    public static long at(long seed, long index) {
        return mix(seed + (index + 1) * GAMMA);
    }

    /** Returns a number in which every bit depends on every bit of {@code z}. A bijection that maps 0 to 0. */
    public static long mix(long z) {
        long a = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        long b = (a ^ (a >>> 27)) * 0x94d049bb133111ebL;
        return b ^ (b >>> 31);
    }

    /** Returns the first 53 of 64 random bits as a number in [0, 1), a multiple of 2^-53. */
    public static double unit(long bits) {
        return (bits >>> 11) * 0x1p-53;
    }

    /** Returns the seed with which a new generator continues this one's sequence. */
    public long state() {
        return state;
    }

    public long nextLong() {
        state += GAMMA;
        return mix(state);
    }

    /** Returns a number in [0, 1), a multiple of 2^-53. */
    public double nextDouble() {
        return unit(nextLong());
    }

    /**
     * Returns a uniform number in [0, bound): the high half of a 32-bit draw times the bound. Rejects the draws whose
     * low half would bias the result.
     *
     * @see <a href="https://doi.org/10.1145/3230636">Lemire, Fast random integer generation in an interval, 2019</a>
     */
    public int nextInt(int bound) {
        if (bound <= 0) {
            throw new IllegalArgumentException("bound: " + bound + " (expected: > 0)");
        }
        long product = (nextLong() >>> 32) * bound;
        if ((product & 0xffffffffL) < bound) {
            long excess = (1L << 32) % bound;
            while ((product & 0xffffffffL) < excess) {
                product = (nextLong() >>> 32) * bound;
            }
        }
        return (int) (product >>> 32);
    }

    /**
     * Returns a standard normal number by Marsaglia's polar method. Discards the second number of each pair, so that
     * the state stays one long.
     */
    public double nextGaussian() {
        double u;
        double s;
        do {
            u = 2 * nextDouble() - 1;
            double v = 2 * nextDouble() - 1;
            s = u * u + v * v;
        } while (s >= 1 || s == 0);
        return u * Math.sqrt(-2 * Transcendental.log(s) / s);
    }
}
