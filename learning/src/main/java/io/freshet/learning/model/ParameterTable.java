package io.freshet.learning.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Prints the number of parameters of a model, layer by layer.
 *
 * <pre>
 *   layer               shape  parameters
 *   dense1.weights  784 x 512     401,408
 *   dense1.biases         512         512
 *   ...
 *   total                         468,874  (468,224 weights, 650 biases)
 * </pre>
 *
 * Bias layers count as biases, all others as weights. Pinned by {@code ParameterTableTest}.
 */
public final class ParameterTable {
    private static final String GAP = "  ";

    private ParameterTable() {}

    /** Returns the table, its lines separated by {@code \n}, without a trailing one. */
    public static String of(List<Layer> layers) {
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"layer", "shape", "parameters"});
        long weights = 0;
        long biases = 0;
        for (Layer layer : layers) {
            boolean isBias = layer.isBias();
            weights += isBias ? 0 : layer.count();
            biases += isBias ? layer.count() : 0;
            rows.add(new String[] {
                layer.name(),
                isBias ? String.valueOf(layer.columns()) : layer.rows() + " x " + layer.columns(),
                grouped(layer.count())
            });
        }
        rows.add(new String[] {"total", "", grouped(weights + biases)});
        int[] widths = new int[3];
        for (String[] row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (String[] row : rows) {
            lines.add(row[0]
                    + " ".repeat(widths[0] - row[0].length())
                    + right(row[1], widths[1])
                    + right(row[2], widths[2]));
        }
        return String.join("\n", lines) + GAP + "(" + grouped(weights) + (weights == 1 ? " weight, " : " weights, ")
                + grouped(biases) + (biases == 1 ? " bias)" : " biases)");
    }

    private static String right(String text, int width) {
        return GAP + " ".repeat(width - text.length()) + text;
    }

    private static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
