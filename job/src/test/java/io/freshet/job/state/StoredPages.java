package io.freshet.job.state;

import io.freshet.job.KeyedStateHarness;
import java.util.Map;

/** What {@link Pages} have stored. */
public final class StoredPages {
    private StoredPages() {}

    /** Returns the pages of a key by their numbers; on the heap, the arrays themselves. */
    public static Map<Integer, byte[]> of(KeyedStateHarness harness, String key, String state) throws Exception {
        return harness.entries(key, state, new PageSerializer());
    }
}
