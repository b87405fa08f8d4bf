package io.freshet.job.join;

import org.jspecify.annotations.Nullable;

/**
 * States that were written last, so that a timer soon after a record reads none from disk. Direct-mapped: a key has one place, and
 * replaces the key that was there. Large states are not kept, so at most {@value #ENTRIES} times {@value #LARGEST} bytes are.
 */
final class RecentStates {
    private static final int ENTRIES = 1 << 13;
    private static final int LARGEST = 1 << 11;

    private final @Nullable String[] keys = new String[ENTRIES];
    private final byte[] @Nullable [] states = new byte[ENTRIES][];

    /** Returns the state of a key; null if it is not kept here. */
    byte @Nullable [] get(String key) {
        int place = place(key);
        return key.equals(keys[place]) ? states[place] : null;
    }

    void put(String key, byte[] state) {
        int place = place(key);
        if (state.length <= LARGEST) {
            keys[place] = key;
            states[place] = state;
        } else {
            remove(key);
        }
    }

    void remove(String key) {
        int place = place(key);
        if (key.equals(keys[place])) {
            keys[place] = null;
            states[place] = null;
        }
    }

    private static int place(String key) {
        int hash = key.hashCode() * 0x9e3779b9;
        return hash >>> (Integer.SIZE - 13);
    }
}
