/**
 * The specification of a model: its YAML form, defaults, and checks. It holds hyperparameters only; learned values belong to
 * {@code learner}, and YAML parsing to {@code yaml}.
 */
@NullMarked
package io.freshet.learning.spec;

import org.jspecify.annotations.NullMarked;
