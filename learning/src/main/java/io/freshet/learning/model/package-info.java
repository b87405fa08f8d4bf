/**
 * Models: their shapes and how they start, their parameters, slots, and gradients as flat arrays, and what computes with
 * them, from a packed batch to logits.
 *
 * <p>A model is one record here and one line in {@code ModelTable}. Losses and optimizers are packages of their own.
 */
@NullMarked
package io.freshet.learning.model;

import org.jspecify.annotations.NullMarked;
