package io.freshet.server.configuration;

import org.jspecify.annotations.Nullable;

/**
 * One value of an option.
 *
 * @param key the name of the value in an option that is a mapping, such as {@code --kafka}; null in other options
 * @param value the value as text
 * @param source where it is set: an option, a variable, or a file
 * @param place the same, with the path in a file or variable: {@code server.yaml: kafka.client.id}
 */
record Setting(@Nullable String key, String value, String source, String place) {}
