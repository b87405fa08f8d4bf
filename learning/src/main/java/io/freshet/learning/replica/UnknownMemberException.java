package io.freshet.learning.replica;

/** A message names a replica or a reducer that does not exist. It has changed nothing, and can be skipped. */
public final class UnknownMemberException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    public UnknownMemberException(String message) {
        super(message);
    }
}
