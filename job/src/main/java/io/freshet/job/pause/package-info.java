/**
 * Pauses partitions of the samples topic at the source while a learner has enough of their samples.
 *
 * <p>Learners report where they are ahead, the source's enumerator on the job manager combines the reports, and its readers
 * pause. Which samples may be learned is decided elsewhere.
 */
@NullMarked
package io.freshet.job.pause;

import org.jspecify.annotations.NullMarked;
