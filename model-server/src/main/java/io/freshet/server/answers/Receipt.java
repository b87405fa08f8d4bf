package io.freshet.server.answers;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The result of a row.
 *
 * @param result {@link #ACKNOWLEDGED}, {@link #REJECTED}, or {@link #FAILED}
 * @param partition of the topic, or null unless it was acknowledged
 * @param offset in the partition, or null unless it was acknowledged
 * @param error why it was not acknowledged, or ""
 */
public record Receipt(
        String result,
        @Nullable Integer partition,
        @Nullable Long offset,
        String error) {
    /** The broker has the row, on all replicas in sync. */
    public static final String ACKNOWLEDGED = "acknowledged";
    /** The row is invalid, so it was not sent. */
    public static final String REJECTED = "rejected";
    /** The broker did not acknowledge the row in time; it may have it or not. */
    public static final String FAILED = "failed";

    public static final List<String> RESULTS = List.of(ACKNOWLEDGED, REJECTED, FAILED);

    static Receipt acknowledged(int partition, long offset) {
        return new Receipt(ACKNOWLEDGED, partition, offset, "");
    }

    static Receipt rejected(String reason) {
        return new Receipt(REJECTED, null, null, reason);
    }

    static Receipt failed(String reason) {
        return new Receipt(FAILED, null, null, reason);
    }

    /** Returns receipts as the outputs of a response, one value of each per row. */
    public static JsonArray outputs(List<Receipt> receipts) {
        return new JsonArray()
                .add(output("partition", "INT32", receipts, Receipt::partition))
                .add(output("offset", "INT64", receipts, Receipt::offset))
                .add(output("error", "BYTES", receipts, Receipt::error));
    }

    private static JsonObject output(
            String name, String datatype, List<Receipt> receipts, Function<Receipt, @Nullable Object> value) {
        JsonArray data = new JsonArray();
        receipts.forEach(receipt -> data.add(value.apply(receipt)));
        return new JsonObject()
                .put("name", name)
                .put("datatype", datatype)
                .put("shape", new JsonArray().add(receipts.size()))
                .put("data", data);
    }
}
