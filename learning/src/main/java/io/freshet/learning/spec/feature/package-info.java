/**
 * The features of a model as configured: their fields, times, and what happens to missing values. Encoding them is in
 * {@code encode}.
 */
@NullMarked
package io.freshet.learning.spec.feature;

import org.jspecify.annotations.NullMarked;
