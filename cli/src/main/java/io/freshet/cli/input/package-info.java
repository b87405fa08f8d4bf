/**
 * Reads rows from CSV, LIBSVM, and JSON lines files, plain or gzipped; errors name the field or the line.
 * Nothing here depends on models or Kafka: a layout lists the fields to read.
 */
@NullMarked
package io.freshet.cli.input;

import org.jspecify.annotations.NullMarked;
