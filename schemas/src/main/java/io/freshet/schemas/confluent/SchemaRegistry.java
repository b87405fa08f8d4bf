package io.freshet.schemas.confluent;

import io.freshet.schemas.avro.MalformedRecordException;
import java.io.Serializable;
import java.util.List;

/** Where the schemas are that records in Confluent's frame name by a number. */
public interface SchemaRegistry extends Serializable {
    /**
     * Returns a schema as JSON, the last of the list, behind those that it refers to.
     *
     * @throws MalformedRecordException if there is no such schema, or it is not one of Avro: the record is bad
     * @throws java.io.UncheckedIOException if the registry gives no answer: nothing is wrong with the record
     */
    List<String> schemas(int id) throws MalformedRecordException;
}
