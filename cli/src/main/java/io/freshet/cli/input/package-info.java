/**
 * From a user's file to rows: CSV, LIBSVM and JSON lines, plain or gzip, with errors that name the field or the line.
 * Nothing here may know models or Kafka: a layout says which fields are asked for, and a row is all that comes out.
 */
@NullMarked
package io.freshet.cli.input;

import org.jspecify.annotations.NullMarked;
