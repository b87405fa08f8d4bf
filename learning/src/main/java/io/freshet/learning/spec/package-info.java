/**
 * The specification of a model: its YAML form, defaults, ranges, and rules over several fields, and which changes a
 * running model takes.
 *
 * <p>Each part is a record with a table of its fields. It holds hyperparameters only; learned values belong to {@code
 * learner}, and YAML parsing to {@code yaml}.
 */
@NullMarked
package io.freshet.learning.spec;

import org.jspecify.annotations.NullMarked;
