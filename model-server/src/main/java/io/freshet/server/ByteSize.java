package io.freshet.server;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;

/** Reads sizes such as {@code 256MB}; a kilobyte has 1024 bytes. */
final class ByteSize implements CommandLine.ITypeConverter<Long> {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,9})(B|KB|MB|GB)");

    @Override
    public Long convert(String value) {
        Matcher size = SIZE.matcher(value);
        if (!size.matches()) {
            throw new CommandLine.TypeConversionException(
                    value + " (expected: a size in B, KB, MB, or GB, such as 256MB)");
        }
        long bytes = Long.parseLong(size.group(1));
        return switch (size.group(2)) {
            case "KB" -> bytes << 10;
            case "MB" -> bytes << 20;
            case "GB" -> bytes << 30;
            default -> bytes;
        };
    }
}
