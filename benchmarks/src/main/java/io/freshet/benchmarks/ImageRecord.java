package io.freshet.benchmarks;

import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.sample.SampleHeader;
import io.freshet.schemas.sample.SampleWriter;
import java.util.List;
import java.util.Map;

/** A sample with a 28 x 28 image as a vector, and a network that uses it. */
final class ImageRecord {
    static final ModelSpec SPEC = ModelSpec.parse("""
            name: images
            label: class
            features:
              dense: {field: pixels, length: 784, divide: 255}
            model: {type: mlp, hidden: [512, 128]}
            outputs: 10
            loss: sparse-categorical-cross-entropy
            """);
    static final RowLayout LAYOUT = RowLayout.of(List.of(SPEC));

    private ImageRecord() {}

    static byte[] bytes() {
        float[] pixels = new float[784];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = i % 256;
        }
        return new SampleWriter()
                .write(
                        new SampleHeader("", "", 978_307_200_000L, 0),
                        Map.of("class", 7.0),
                        Map.of(),
                        Map.of("pixels", pixels));
    }
}
