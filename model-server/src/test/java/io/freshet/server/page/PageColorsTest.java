package io.freshet.server.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The colors of the page, in light and dark. Would catch texts that readers with low vision cannot read.
 *
 * @see <a href="https://www.w3.org/TR/WCAG22/#contrast-minimum">WCAG 2.2, contrast (minimum)</a>
 */
class PageColorsTest {
    private static final double MINIMUM = 4.5;
    private static final Pattern COLOR = Pattern.compile("--([\\w-]+): #([0-9a-f]{6})");

    @Test
    void every_text_has_the_contrast_that_wcag_requires() throws Exception {
        String[] schemes = styles().split("@media \\(prefers-color-scheme: dark\\)");
        assertThat(schemes).hasSize(2);
        for (String scheme : schemes) {
            Map<String, Integer> colors = colors(scheme);
            for (String text : List.of("ink", "quiet", "accent", "good", "warning", "bad")) {
                for (String background : List.of("paper", "card")) {
                    assertThat(contrast(colors.get(text), colors.get(background)))
                            .as(text + " on " + background)
                            .isGreaterThanOrEqualTo(MINIMUM);
                }
            }
        }
    }

    @Test
    void the_contrast_of_black_on_white_is_21() {
        assertThat(contrast(0x000000, 0xffffff)).isEqualTo(21);
        assertThat(contrast(0xffffff, 0xffffff)).isEqualTo(1);
    }

    private static String styles() throws Exception {
        try (InputStream in = PageRoutes.class.getResourceAsStream("base.css")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static Map<String, Integer> colors(String scheme) {
        Map<String, Integer> colors = new LinkedHashMap<>();
        Matcher matcher = COLOR.matcher(scheme);
        while (matcher.find()) {
            colors.put(matcher.group(1), Integer.parseInt(matcher.group(2), 16));
        }
        return colors;
    }

    private static double contrast(int a, int b) {
        double light = Math.max(luminance(a), luminance(b));
        double dark = Math.min(luminance(a), luminance(b));
        return (light + 0.05) / (dark + 0.05);
    }

    private static double luminance(int color) {
        return 0.2126 * linear(color >> 16) + 0.7152 * linear(color >> 8) + 0.0722 * linear(color);
    }

    private static double linear(int channel) {
        double value = (channel & 0xff) / 255.0;
        return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
    }
}
