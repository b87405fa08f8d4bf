package io.freshet.server.answers;

import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.kafka.RecordLimit;
import io.freshet.schemas.loop.OutcomeRecord;
import io.freshet.server.body.RequestException;
import io.freshet.server.predict.HashShare;
import io.freshet.server.predict.InferResponse;
import io.freshet.server.predict.RowIds;
import io.freshet.server.request.ClientClock;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The records of one response, each of which is written when it is asked for. Not thread-safe. */
final class AnswerRecords {
    private final InferResponse response;
    private final boolean shadow;
    private final LoggedFields fields;
    private final HashShare sample;
    private final long time;
    private final RowIds ids;
    private @Nullable AnswerWriter writer;

    /**
     * @param shadow whether the rows were predicted without being returned
     * @param sample the ids to log
     * @param time when the rows were predicted, milliseconds since 1970, UTC
     */
    AnswerRecords(InferResponse response, boolean shadow, LoggedFields fields, HashShare sample, long time) {
        this.response = response;
        this.shadow = shadow;
        this.fields = fields;
        this.sample = sample;
        this.time = time;
        ids = RowIds.of(response.request());
    }

    /** Returns the number of rows, logged or not. */
    int count() {
        return response.rows().count();
    }

    /** Returns whether a row is in the sample and has a prediction. */
    boolean includes(int row) {
        String id = ids.of(row);
        return id != null && response.rows().error(row).isEmpty() && sample.contains(id);
    }

    /** Returns the record of a row that is included. */
    AnswerRecord of(int row) throws UnloggedException {
        String id = String.valueOf(ids.of(row));
        byte[] key = key(row, id);
        byte[] value;
        try {
            value = writer().write(row, id);
        } catch (RequestException e) {
            throw new UnloggedException(AnswerLog.DROPPED, e);
        }
        if (key.length + value.length > RecordLimit.BYTES) {
            throw new UnloggedException(
                    AnswerLog.TOO_LARGE,
                    RequestException.bad(
                            "row " + row,
                            "an answer of " + value.length + " bytes",
                            "up to " + RecordLimit.BYTES + " to log it"));
        }
        return new AnswerRecord(key, value);
    }

    /** Like {@link #of}, but rejects a row that a join would reject. */
    AnswerRecord joinable(int row) throws UnloggedException {
        try {
            ClientClock.check("row " + row + ": event_time", writer().eventTime(row), time);
        } catch (RequestException e) {
            throw new UnloggedException(AnswerLog.DROPPED, e);
        }
        return of(row);
    }

    private AnswerWriter writer() throws RequestException {
        if (writer == null) {
            writer = new AnswerWriter(response, shadow, fields, time);
        }
        return writer;
    }

    private static byte[] key(int row, String id) throws UnloggedException {
        try {
            return OutcomeRecord.requireId("id", id).getBytes(StandardCharsets.UTF_8);
        } catch (MalformedRecordException e) {
            throw new UnloggedException(
                    AnswerLog.INVALID_ID, RequestException.bad("row " + row + ": " + e.getMessage()));
        }
    }
}
