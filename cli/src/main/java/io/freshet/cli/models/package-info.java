/**
 * Applies, lists, describes, and deletes models, and shows their state: {@code apply}, {@code get}, {@code describe},
 * {@code delete}, {@code status}.
 *
 * <p>Reading the models topic is in {@code kafka}.
 */
@NullMarked
package io.freshet.cli.models;

import org.jspecify.annotations.NullMarked;
