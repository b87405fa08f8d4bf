/**
 * Reads rows from CSV, LIBSVM, JSON lines, and Parquet files, plain or gzipped, and the files of specifications;
 * replaces output files when they are complete. Errors name the field or the line.
 */
@NullMarked
package io.freshet.cli.input;

import org.jspecify.annotations.NullMarked;
