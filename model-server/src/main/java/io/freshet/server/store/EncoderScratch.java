package io.freshet.server.store;

import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;

/**
 * An encoder and its row. Creating one takes longer than a prediction, so each thread keeps one for each specification.
 *
 * @param row in the layout of the specification; valid until the thread encodes the next row
 */
public record EncoderScratch(FeatureEncoder encoder, Row row) {
    static EncoderScratch of(ModelSpec spec, RowLayout layout) {
        return new EncoderScratch(new FeatureEncoder(spec, layout), new Row(layout));
    }
}
