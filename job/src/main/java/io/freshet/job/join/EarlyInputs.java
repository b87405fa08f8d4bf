package io.freshet.job.join;

import io.freshet.job.record.SourceRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Inputs of models that the join does not know. A decoder sends a change of a specification before its first input with it, but in
 * another channel, so an input may arrive first. It waits here for the change.
 */
final class EarlyInputs {
    /** Bytes of the records that may wait. */
    static final int MAXIMUM_BYTES = 1 << 26;

    /** Bytes of an input besides the content of its record. */
    private static final int REST = 256;

    private final Map<String, List<JoinInput.Keyed>> waiting = new HashMap<>();
    private long bytes;

    /** Returns whether the input was added. */
    boolean add(String model, JoinInput.Keyed input) {
        if (bytes + length(input) > MAXIMUM_BYTES) {
            return false;
        }
        bytes += length(input);
        waiting.computeIfAbsent(model, name -> new ArrayList<>()).add(input);
        return true;
    }

    /** Removes the inputs of a model, and returns them in the order of their arrival. */
    List<JoinInput.Keyed> take(String model) {
        List<JoinInput.Keyed> inputs = waiting.remove(model);
        if (inputs == null) {
            return List.of();
        }
        for (JoinInput.Keyed input : inputs) {
            bytes -= length(input);
        }
        return inputs;
    }

    void clear() {
        waiting.clear();
        bytes = 0;
    }

    private static long length(JoinInput.Keyed input) {
        SourceRecord record = input.record();
        long request = input instanceof JoinInput.Requested requested
                ? requested.request().content().length
                : 0;
        return REST + request + (record == null ? 0 : record.size());
    }
}
