/**
 * Pauses partitions of the samples topic at the source while a learner has enough of their samples, or a record has to wait.
 *
 * <p>Learners report where they are ahead, the source's enumerator on the job manager combines the reports, and its readers
 * pause. Which samples may be learned, and which records wait, is decided elsewhere. A bounded source may also end where its
 * producer says so.
 */
@NullMarked
package io.freshet.job.pause;

import org.jspecify.annotations.NullMarked;
