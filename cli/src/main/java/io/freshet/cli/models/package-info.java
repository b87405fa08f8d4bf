/**
 * Applies, lists, describes, and deletes models: {@code apply}, {@code get}, {@code describe}, {@code delete}.
 *
 * <p>Reading the models topic is in {@code kafka}.
 */
@NullMarked
package io.freshet.cli.models;

import org.jspecify.annotations.NullMarked;
