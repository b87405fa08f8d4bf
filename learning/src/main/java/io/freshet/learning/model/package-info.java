/**
 * The models: how many parameters, logits from a packed batch, and the gradient back to the parameters.
 *
 * <p>A model is one file here and one line in {@code ModelTable}; it holds scratch space but never parameters.
 */
@NullMarked
package io.freshet.learning.model;

import org.jspecify.annotations.NullMarked;
