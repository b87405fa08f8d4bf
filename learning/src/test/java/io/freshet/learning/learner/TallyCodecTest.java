package io.freshet.learning.learner;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Would catch a tally that is read from a message and takes more memory than the message. */
class TallyCodecTest {
    @Test
    void a_false_count_of_points_ends_with_the_bytes_that_are_there() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeByte(1);
        FlatArrays.writeDoubles(new double[0], out);
        FlatArrays.writeDoubles(new double[0], out);
        FlatArrays.writeDoubles(new double[0], out);
        FlatArrays.writeVarint(Integer.MAX_VALUE, out);
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));
        assertThatThrownBy(() -> TallyCodec.read(in)).isInstanceOf(EOFException.class);
    }
}
