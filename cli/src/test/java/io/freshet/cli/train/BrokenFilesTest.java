package io.freshet.cli.train;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.Run;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Would catch a broken input file that is reported only after broker and cluster have started, or not in one line. */
@Timeout(60)
class BrokenFilesTest {
    private static final String NUMERIC = "features: {numeric: [a]}, loss: ";
    private static final Map<String, String> SPECS = Map.ofEntries(
            Map.entry("number", NUMERIC + "mean-squared-error"),
            Map.entry("count", NUMERIC + "poisson"),
            Map.entry("binary", NUMERIC + "binary-cross-entropy"),
            Map.entry("classes", NUMERIC + "sparse-categorical-cross-entropy, outputs: 3"),
            Map.entry("weight", NUMERIC + "mean-squared-error, weight: w"),
            Map.entry("key", NUMERIC + "mean-squared-error, key: k"),
            Map.entry("text", "features: {categorical: [t]}, loss: mean-squared-error"),
            Map.entry("vector", "features: {dense: {field: v, length: 2}}, loss: mean-squared-error"),
            Map.entry("columns", "features: {dense: {field: v*, length: 2}}, loss: mean-squared-error"),
            Map.entry("sparse", "features: {sparse: [s]}, loss: mean-squared-error"),
            Map.entry("libsvm", "features: {sparse: [features]}, loss: mean-squared-error"));

    /** Extension, specification, content, and message after the name of the file. */
    private static final String FILES = """
            csv | number |  | empty (expected: a header line and rows)
            csv | number | \\n\\n | empty (expected: a header line and rows)
            csv | number | a,y | no rows (expected: rows under the header line)
            csv | number | a,y\\n\\n | no rows (expected: rows under the header line)
            csv | number | a,a,y\\n1,1,1\\n | header: a twice (expected: each column once)
            csv | number | a:y\\n1:2\\n | no column a (expected: a:y?; columns: a:y)
            csv | number | A,y\\n1,2\\n | no column a (expected: A?; columns: A, y)
            csv | number | a,label\\n1,2\\n | no column y (expected: a?; columns: a, label)
            csv | number | a,y\\nred,1\\n | no row can be learned; row 1: a: red (expected: a number)
            csv | number | a,y\\n1,red\\n | no row can be learned; row 1: y: red (expected: a number)
            csv | number | a,y\\n1\\n | no row can be learned; row 1: fields: 1 (expected: 2, as in the header)
            csv | number | a,y\\n1,2,3\\n | no row can be learned; row 1: fields: 3 (expected: 2, as in the header)
            csv | number | a,y\\n,1\\n | no row can be learned; row 1: a: missing (expected: a number)
            csv | number | a,y\\n1,\\n | no row can be learned; row 1: y: missing (expected: a number)
            csv | number | a,y\\n"1,2\\n | not CSV after row 0: Unclosed quoted field at end of input (record starting at line 2)
            csv | number | a,y\\nnan,1\\n | no row can be learned; row 1: a: nan (expected: a number; if nan means missing, set features.missing to mean, indicator, or zero)
            csv | number | a,y\\nN/A,1\\n | no row can be learned; row 1: a: N/A (expected: a number; if N/A means missing, set features.missing to {default: mean, values: [N/A]})
            csv | number | a,y\\n1,inf\\n | no row can be learned; row 1: y: inf (expected: a number)
            csv | number | a,y\\n1e999,1\\n | no row can be learned; row 1: a: 1e999 (expected: a number of magnitude up to 3.4e38)
            csv | number | a,y\\n0x10,1\\n | no row can be learned; row 1: a: 0x10 (expected: a number)
            csv | number | a,y\\n1 000,1\\n | no row can be learned; row 1: a: 1 000 (expected: a number)
            csv | number | a,y\\n"1,5",1\\n | no row can be learned; row 1: a: 1,5 (expected: a number)
            csv | number | a,y\\ntrue,1\\n | no row can be learned; row 1: a: true (expected: a number)
            csv | number | \\0\\0\\0\\0 | not text (expected: csv)
            csv | number | PAR1\\0\\n\\0 | parquet (expected: csv)
            csv | number | 5.1,3.5,red\\n1,2,blue\\n | no column a (expected: a column with that name; columns: 5.1, 3.5, red; the first line looks like a row, not a header)
            csv | number | 1,1,0\\n1,2,1\\n | header: 1 twice (expected: each column once; the first line looks like a row, not a header)
            jsonl | number | \\0\\n | not text (expected: jsonl)
            svm | libsvm | 1 1:2\\0\\n | not text (expected: libsvm)
            csv | binary | a,y\\n1,2\\n | no row can be learned; row 1: y: 2.0 (expected: in [0, 1]; if classes are numbered from 1, set labels: ["1", "2"]; for more classes, set loss: sparse-categorical-cross-entropy and outputs: N)
            csv | binary | a,y\\n1,yes\\n | y: yes (expected: numbers, or the names of 2 classes)
            csv | classes | a,y\\n1,3\\n | no row can be learned; row 1: y: 3.0 (expected: a class, a whole number from 0 to 2; if classes are numbered from 1, set labels: ["1", "2", "3"]; for more classes, set outputs: N)
            csv | classes | a,y\\n1,0.5\\n | no row can be learned; row 1: y: 0.5 (expected: a class, a whole number from 0 to 2)
            csv | classes | a,y\\n1,-1\\n | no row can be learned; row 1: y: -1.0 (expected: a class, a whole number from 0 to 2)
            csv | classes | a,y\\n1,red\\n | y: red (expected: numbers, or the names of 3 classes)
            csv | count | a,y\\n1,-2\\n | no row can be learned; row 1: y: -2.0 (expected: a count from 0 to 1e15)
            csv | weight | a,y,w\\n1,1,-1\\n | no row can be learned; row 1: w: -1.0 (expected: a number from 0 to 3.4e38)
            csv | weight | a,y,w\\n1,1,heavy\\n | no row can be learned; row 1: w: heavy (expected: a number from 0 to 3.4e38)
            csv | weight | a,y\\n1,1\\n | no column w (expected: a?; columns: a, y)
            csv | key | a,y\\n1,1\\n | no column k (expected: a?; columns: a, y)
            csv | key | a,y,k\\n1,1,\\n2,2,\\n | no row can be learned; row 1: k: a text of 0 bytes (expected: a key of 1 to 1024 bytes of UTF-8)
            csv | text | u,y\\nx,1\\n | no column t (expected: u?; columns: u, y)
            csv | vector | v,y\\n1,1\\n | no row can be learned; row 1: v: 1 numbers (expected: 2 numbers)
            csv | vector | v,y\\n1 x,1\\n | no row can be learned; row 1: v[1]: x (expected: a number)
            csv | vector | u,y\\n1 2,1\\n | no column v (expected: u?; columns: u, y)
            csv | columns | v0,y\\n1,1\\n | no row can be learned; row 1: v*: 1 numbers (expected: 2 numbers)
            csv | columns | v0,v1,v2,y\\n1,2,3,1\\n | no row can be learned; row 1: v*: 3 numbers (expected: 2 numbers)
            csv | columns | v0,v1,y\\nx,2,1\\n | no row can be learned; row 1: v0: x (expected: a number)
            csv | columns | v0,v00,y\\n1,2,1\\n | header: v0 and v00 (expected: each number of v* once)
            csv | columns | u0,u1,y\\n1,2,1\\n | no columns v0, v1, ... or v (expected: u0?; columns: u0, u1, y)
            csv | sparse | s,y\\n1:x,1\\n | no row can be learned; row 1: s: 1:x (expected: pairs index:value)
            csv | sparse | s,y\\nabc,1\\n | no row can be learned; row 1: s: abc (expected: pairs index:value)
            jsonl | number |  | no rows (expected: a JSON object on each line)
            jsonl | number | [1, 2]\\n | no row can be learned; row 1: row: [1, 2] (expected: a JSON object)
            jsonl | number | {"a": 1, "y": 1\\n | no row can be learned; row 1: row, column 16, near y:
            jsonl | number | a,y\\n1,2\\n | no row can be learned; row 1: row, column 1:
            jsonl | number | {"a": "red", "y": 1}\\n | no row can be learned; row 1: a: "red" (expected: a number)
            jsonl | number | {"a": 1}\\n | no row can be learned; row 1: y: missing (expected: a number)
            jsonl | number | {"y": 1}\\n | no row can be learned; row 1: a: missing (expected: a number)
            jsonl | number | {"a": null, "y": 1}\\n | no row can be learned; row 1: a: missing (expected: a number)
            jsonl | number | {"a": {"b": 1}, "y": 1}\\n | no row can be learned; row 1: a: an object (expected: a number)
            jsonl | number | {"a": [1], "y": 1}\\n | no row can be learned; row 1: a: an array (expected: a number)
            jsonl | vector | {"v": [1], "y": 1}\\n | no row can be learned; row 1: v: 1 numbers (expected: 2 numbers)
            jsonl | vector | {"v": [1, "x"], "y": 1}\\n | no row can be learned; row 1: v[1]: "x" (expected: a number)
            jsonl | vector | {"v": 1, "y": 1}\\n | no row can be learned; row 1: v: 1 (expected: an array of numbers)
            jsonl | classes | {"a": 1, "y": "red"}\\n | y: red (expected: numbers, or the names of 3 classes)
            svm | libsvm |  | no rows (expected: label index:value ...)
            svm | libsvm | red 1:2\\n | no row can be learned; row 1: label: red (expected: a number)
            svm | libsvm | 1 a:2\\n | no row can be learned; row 1: features: a:2 (expected: pairs index:value)
            svm | libsvm | 1 1\\n | no row can be learned; row 1: features: 1 (expected: pairs index:value)
            svm | libsvm | 1 1:x\\n | no row can be learned; row 1: features: 1:x (expected: pairs index:value)
            txt | number | a,y\\n1,2\\n | unknown format (expected: --format csv, libsvm, jsonl, parquet)
            """;

    @TempDir
    Path directory;

    static Stream<String[]> files() {
        return Arrays.stream(FILES.split("\n")).map(line -> line.split(" +\\| "));
    }

    @ParameterizedTest
    @MethodSource("files")
    void each_broken_file_is_one_line_and_code_2(String extension, String spec, String content, String message)
            throws IOException {
        Path file = directory.resolve("i." + extension);
        Files.write(file, content.translateEscapes().getBytes(UTF_8));

        assertRejected(spec, file, message);
    }

    @ParameterizedTest
    @MethodSource("gzipped")
    void a_broken_gzip_file_is_one_line_and_code_2(byte[] content, String message) throws IOException {
        assertRejected("number", Files.write(directory.resolve("i.csv.gz"), content), message);
    }

    static Stream<Object[]> gzipped() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            out.write("a,y\n1,2\n3,4\n".getBytes(UTF_8));
        }
        byte[] whole = bytes.toByteArray();
        byte[] corrupt = whole.clone();
        corrupt[whole.length - 6] ^= 1;
        return Stream.of(
                new Object[] {Arrays.copyOf(whole, 2), "corrupt gzip after 2 bytes: "},
                new Object[] {Arrays.copyOf(whole, 5), "corrupt gzip after 5 bytes: "},
                new Object[] {
                    Arrays.copyOf(whole, whole.length / 2), "corrupt gzip after " + whole.length / 2 + " bytes: "
                },
                new Object[] {
                    Arrays.copyOf(whole, whole.length - 1), "corrupt gzip after " + (whole.length - 1) + " bytes: "
                },
                new Object[] {corrupt, "corrupt gzip after " + whole.length + " bytes: "});
    }

    private void assertRejected(String spec, Path file, String message) throws IOException {
        String label = spec.equals("libsvm") ? "label" : "y";
        Path yaml = Files.writeString(
                directory.resolve("s.yaml"), "{name: m, label: " + label + ", " + SPECS.get(spec) + "}");

        Run run = Run.of("train", "--spec", yaml.toString(), "--input", file.toString());

        assertThat(run.code()).as(run.err()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.err()).startsWith("freshet: " + file + ": " + message);
    }
}
