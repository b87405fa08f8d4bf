package io.freshet.learning.model;

/**
 * The position of one parameter.
 *
 * @param layer index in {@link Model#layers}
 * @param row in the layer
 * @param column in the layer
 */
public record Coordinate(int layer, int row, int column) {}
