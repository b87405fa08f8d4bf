/**
 * The kinds of losses, models, optimizers, and schedules by their YAML names, with the defaults and ranges of their
 * hyperparameters. Their formulas are in the packages named for them.
 */
@NullMarked
package io.freshet.learning.spec.table;

import org.jspecify.annotations.NullMarked;
