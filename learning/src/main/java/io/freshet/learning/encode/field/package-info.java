/**
 * Where the fields of a specification are in a row, and how one is read as a number or a time. Features made of them are in
 * {@code encode}.
 */
@NullMarked
package io.freshet.learning.encode.field;

import org.jspecify.annotations.NullMarked;
