package io.freshet.learning.codec;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Would catch a tally that is read from a message and takes more memory than the message. */
class TallyCodecTest {
    @Test
    void rejects_a_false_count_of_the_bins_of_an_earlier_version() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeByte(1);
        FlatArrays.writeDoubles(new double[0], out);
        FlatArrays.writeDoubles(new double[0], out);
        out.writeInt(Integer.MAX_VALUE);
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));
        assertThatThrownBy(() -> TallyCodec.read(in, 2))
                .isInstanceOf(IOException.class)
                .hasMessage("counts: length 2147483647 (expected: at most 512)");
    }
}
