package io.freshet.schemas.loop;

import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.sample.Excerpt;
import io.freshet.schemas.sample.TimestampText;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An outcome of an answered request.
 *
 * @param model the only model that it is for; null for every joined model
 * @param id of the answered row
 * @param outcomeId of the outcome, by which duplicates are found; null for none
 * @param value what happened; null if the record only reports an exposure
 * @param time when it happened, milliseconds since 1970, UTC; null for the timestamp of the record
 * @param exposures names of the other fields that are true, of which the first 16 are kept
 */
public record OutcomeRecord(
        @Nullable String model,
        String id,
        @Nullable String outcomeId,
        @Nullable OutcomeValue value,
        @Nullable Long time,
        Set<String> exposures) {
    /** Maximum length of an id, of an outcome id, and of the name of a class, in bytes of UTF-8. */
    public static final int LONGEST_TEXT = 1 << 10;
    /** Largest record: key and value, in bytes. The join keeps outcomes that wait for their request as they are. */
    public static final int LARGEST = 1 << 13;
    /** The last valid time, milliseconds since 1970: a double is exact up to here. */
    public static final long LAST_TIME = 1L << 53;
    /** An exposure field that holds for every model, besides the one that its specification names. */
    public static final String EXPOSURE = "exposure";

    static final String ID = "id";
    static final String OUTCOME_ID = "outcome_id";
    static final String MODEL = "model";
    static final String VALUE = "value";
    static final String TIME = "time";

    /** The fields that an outcome may have, and {@link #EXPOSURE}. */
    public static final List<String> FIELDS = List.of(ID, VALUE, TIME, OUTCOME_ID, MODEL, EXPOSURE);

    private static final int MAXIMUM_EXPOSURES = 16;
    private static final Pattern TRUE = Pattern.compile("(?i:true)|1(\\.0{1,20})?");

    public OutcomeRecord {
        exposures = exposures.size() <= MAXIMUM_EXPOSURES
                ? Set.copyOf(exposures)
                : Set.copyOf(exposures.stream().limit(MAXIMUM_EXPOSURES).toList());
    }

    /**
     * Returns an id that is valid.
     *
     * @param field its name, for messages
     * @throws MalformedRecordException if it has no character, or too many, or a part of one
     */
    public static String requireId(String field, String id) throws MalformedRecordException {
        int bytes;
        try {
            bytes = StandardCharsets.UTF_8
                    .newEncoder()
                    .encode(CharBuffer.wrap(id))
                    .remaining();
        } catch (CharacterCodingException e) {
            throw new MalformedRecordException(
                    field + ": " + Excerpt.of(id) + " (expected: a text of whole characters)");
        }
        if (bytes < 1 || bytes > LONGEST_TEXT) {
            throw new MalformedRecordException(
                    field + ": a text of " + bytes + " bytes (expected: 1 to " + LONGEST_TEXT + " bytes of UTF-8)");
        }
        return id;
    }

    /** @throws MalformedRecordException if key and value are larger than {@link #LARGEST} */
    public static void requireSize(int bytes) throws MalformedRecordException {
        if (bytes > LARGEST) {
            throw new MalformedRecordException("outcome: " + bytes + " bytes (expected: up to " + LARGEST + ")");
        }
    }

    /** Returns whether the text of a value of an exposure means that the answer was shown: {@code true}, or the number 1. */
    public static boolean isTrue(String text) {
        return TRUE.matcher(text).matches();
    }

    /**
     * Returns a time that is valid.
     *
     * @throws MalformedRecordException if it is before 1970, or after {@link #LAST_TIME}
     */
    public static long requireTime(long millis) throws MalformedRecordException {
        if (millis < 0 || millis > LAST_TIME) {
            throw new MalformedRecordException(TIME + ": " + millis + " (expected: " + TimestampText.EXPECTED + ")");
        }
        return millis;
    }

    /** Returns this outcome for one model only. */
    public OutcomeRecord withModel(String name) {
        return new OutcomeRecord(name, id, outcomeId, value, time, exposures);
    }

    /** Returns the key of the record, which puts all outcomes of an id in one partition. */
    public byte[] key() {
        return id.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Returns whether the record reports an exposure.
     *
     * @param field name of the field by which a model says so
     */
    public boolean isExposed(String field) {
        return exposures.contains(field) || exposures.contains(EXPOSURE);
    }
}
