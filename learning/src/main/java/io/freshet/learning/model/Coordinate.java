package io.freshet.learning.model;

/**
 * Where one parameter stands.
 *
 * @param layer index of it among those of {@link Model#layers}
 * @param row in the layer
 * @param column in the layer
 */
public record Coordinate(int layer, int row, int column) {}
