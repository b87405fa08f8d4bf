package io.freshet.cli.train;

import io.freshet.cli.console.CommandException;
import io.freshet.learning.yaml.Plural;
import java.util.SplittableRandom;

/**
 * Restarts of the task manager during a run, to show that failures change nothing.
 *
 * @param count number of restarts
 * @param seed of their positions
 */
record Faults(int count, long seed) {
    static final Faults NONE = new Faults(0, 0);

    /**
     * Draws the records before which the job fails, ascending: one from each of {@code count} equal stretches of the
     * stream, with at least one record before the first and between two.
     *
     * @param records in the stream
     * @throws CommandException if there are too few
     */
    long[] positions(long records) throws CommandException {
        if (count > records / 3) {
            throw new CommandException("--faults: " + count + " (expected: at most a third of the "
                    + Plural.of(records, "record") + " of the stream)");
        }
        SplittableRandom random = new SplittableRandom(seed);
        long[] positions = new long[count];
        for (int i = 0; i < count; i++) {
            positions[i] = random.nextLong(records * i / count + 2, records * (i + 1) / count);
        }
        return positions;
    }
}
