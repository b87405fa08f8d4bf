package io.freshet.server.grpc;

import com.google.protobuf.ByteString;
import io.freshet.server.grpc.proto.InferTensorContents;
import io.freshet.server.predict.TensorValues;
import io.freshet.server.request.Datatype;

/** Adds the values of an output to the field of its datatype. A missing number is NaN or -1, a missing text is empty. */
record TypedOutput(Datatype datatype, InferTensorContents.Builder to) implements TensorValues {
    @Override
    public void number(float value) {
        to.addFp32Contents(value);
    }

    @Override
    public void number(double value) {
        to.addFp64Contents(value);
    }

    @Override
    public void number(long value) {
        to.addInt64Contents(value);
    }

    @Override
    public void flag(boolean value) {
        to.addBoolContents(value);
    }

    @Override
    public void text(String value) {
        to.addBytesContents(ByteString.copyFromUtf8(value));
    }

    @Override
    public void missing() {
        substitute(datatype);
    }
}
