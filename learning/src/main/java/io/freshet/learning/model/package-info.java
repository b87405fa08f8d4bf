/**
 * The configured values of a model: its hyperparameters, the shape of its parameters, and how they start.
 *
 * <p>A model is one record here and one line in {@code ModelTable}. What computes with parameters is in {@code
 * network}.
 */
@NullMarked
package io.freshet.learning.model;

import org.jspecify.annotations.NullMarked;
