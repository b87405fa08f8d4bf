package io.freshet.learning.loss;

/**
 * One minus the intersection over union (IoU) of a predicted box and a label box.
 *
 * <pre>
 *   prediction = z = (x1, y1, x2, y2)
 *   L          = 1 - I / U                        I, U: areas of intersection and union; L = 1 where U = 0
 *   dL/dz_c    = ((I / U) dU/dz_c - dI/dz_c) / U
 * </pre>
 *
 * An inverted predicted box (x1 > x2 or y1 > y2) has no area. The gradient is 0 where the boxes do not touch: use
 * {@link GeneralizedBoxIou} unless predictions start close. Any unit of length. The same as torchvision's {@code
 * box_iou}, except that areas are lengths if both boxes have the same zero width. Pinned by {@code LossGoldenTest}.
 */
public record BoxIou() implements BoxLoss {
    @Override
    public String name() {
        return "box-iou";
    }

    @Override
    public double evaluate(OutputArrays arrays, int at, int outputs, float[] labels, int labelAt) {
        float[] logits = arrays.logits();
        float[] predictions = arrays.predictions();
        float[] gradients = arrays.gradients();
        double intersection = BoxOverlap.intersection(logits, at, labels, labelAt);
        double union = BoxOverlap.union(logits, at, labels, labelAt);
        for (int c = 0; c < CORNERS; c++) {
            predictions[at + c] = logits[at + c];
            double intersectionSlope = BoxOverlap.intersectionSlope(logits, at, labels, labelAt, c);
            double unionSlope = BoxOverlap.unionSlope(logits, at, labels, labelAt, c);
            gradients[at + c] = (float) slope(intersection, union, intersectionSlope, unionSlope);
        }
        return value(intersection, union);
    }

    static double value(double intersection, double union) {
        return union == 0 ? 1 : (union - intersection) / union;
    }

    /** Returns the derivative of 1 - part / whole; 0 where whole = 0. */
    static double slope(double part, double whole, double partSlope, double wholeSlope) {
        return whole == 0 ? 0 : (part / whole * wholeSlope - partSlope) / whole;
    }
}
