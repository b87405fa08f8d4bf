package io.freshet.learning.loss;

/**
 * {@link BoxIou} plus the share of the smallest enclosing box that neither box fills; it has a gradient where they are
 * apart.
 *
 * <pre>
 *   prediction = z = (x1, y1, x2, y2)
 *   L          = 1 - (I / U - (H - U) / H)        H: area of the hull; in [0, 2]
 *   dL/dz_c    = ((I / U) dU/dz_c - dI/dz_c) / U + ((U / H) dH/dz_c - dU/dz_c) / H
 * </pre>
 *
 * The hull is around all corners of both. An inverted predicted box has no area, but its hull shrinks as it turns back,
 * so a network whose first boxes are tiny can learn. For any other box, this is torchvision's {@code
 * generalized_box_iou_loss} without its epsilon of 1e-7. If U = 0, the first part (1 - I / U) is 1. If both boxes have
 * the same zero width, areas are lengths, the limit of a common width that goes to 0: equal boxes have a loss of 0, where
 * torchvision's epsilon gives 1. Pinned by {@code LossGoldenTest}.
 *
 * @see <a href="https://arxiv.org/abs/1902.09630">Rezatofighi et al. 2019, Generalized intersection over union</a>
 */
public record GeneralizedBoxIou() implements BoxLoss {
    @Override
    public String name() {
        return "generalized-box-iou";
    }

    @Override
    public double evaluate(OutputArrays arrays, int at, int outputs, float[] labels, int labelAt) {
        float[] logits = arrays.logits();
        float[] predictions = arrays.predictions();
        float[] gradients = arrays.gradients();
        double intersection = BoxOverlap.intersection(logits, at, labels, labelAt);
        double union = BoxOverlap.union(logits, at, labels, labelAt);
        double hull = BoxOverlap.hull(logits, at, labels, labelAt);
        for (int c = 0; c < CORNERS; c++) {
            double intersectionSlope = BoxOverlap.intersectionSlope(logits, at, labels, labelAt, c);
            double unionSlope = BoxOverlap.unionSlope(logits, at, labels, labelAt, c);
            double hullSlope = BoxOverlap.hullSlope(logits, at, labels, labelAt, c);
            predictions[at + c] = logits[at + c];
            gradients[at + c] = (float) (BoxIou.slope(intersection, union, intersectionSlope, unionSlope)
                    + BoxIou.slope(union, hull, unionSlope, hullSlope));
        }
        return BoxIou.value(intersection, union) + (hull == 0 ? 0 : (hull - union) / hull);
    }
}
