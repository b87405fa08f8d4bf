package io.freshet.cli.train;

import io.freshet.job.record.KeyedSample;

/** Learns samples of one model on one thread, and reports what it learns. */
interface LocalLearner {
    void receive(KeyedSample sample);

    /** Ends the samples: learns what is pending, and reports the last evaluations and the final snapshots. */
    void finish();
}
