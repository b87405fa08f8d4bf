package io.freshet.server.serve;

/**
 * One column of a request's rows, checked: every value is of the datatype.
 *
 * @param name of the feature
 * @param datatype of all values
 * @param rows how many values there are
 * @param data the values; as many as {@code rows}
 */
record InputTensor(String name, Datatype datatype, int rows, TensorData data) {}
