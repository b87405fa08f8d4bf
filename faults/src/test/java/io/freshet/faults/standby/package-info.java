/**
 * Several job managers, of which one leads.
 *
 * <p>A job manager that starts again and resumes by itself belongs in {@code chaos}.
 */
@NullMarked
package io.freshet.faults.standby;

import org.jspecify.annotations.NullMarked;
