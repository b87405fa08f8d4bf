package io.freshet.learning.evaluation;

/** Intersection over union of predicted and labeled masks or boxes. */
final class Overlap {
    private Overlap() {}

    /** Returns the IoU of two masks at threshold 0.5; 1 if both are empty. */
    static double ofMasks(float[] predictions, int at, float[] labels, int labelAt, int outputs) {
        int intersection = 0;
        int union = 0;
        for (int k = 0; k < outputs; k++) {
            boolean predicted = predictions[at + k] >= 0.5f;
            boolean labeled = labels[labelAt + k] >= 0.5f;
            intersection += predicted && labeled ? 1 : 0;
            union += predicted || labeled ? 1 : 0;
        }
        return union == 0 ? 1 : (double) intersection / union;
    }

    /** Returns the IoU of two boxes (x1, y1, x2, y2); an inverted box (x1 > x2 or y1 > y2) is empty. */
    static double ofBoxes(float[] predictions, int at, float[] labels, int labelAt) {
        double width = (double) Math.min(predictions[at + 2], labels[labelAt + 2])
                - Math.max(predictions[at], labels[labelAt]);
        double height = (double) Math.min(predictions[at + 3], labels[labelAt + 3])
                - Math.max(predictions[at + 1], labels[labelAt + 1]);
        double intersection = Math.max(0, width) * Math.max(0, height);
        double union = area(predictions, at) + area(labels, labelAt) - intersection;
        return union > 0 ? intersection / union : 0;
    }

    private static double area(float[] box, int at) {
        return Math.max(0, (double) box[at + 2] - box[at]) * Math.max(0, (double) box[at + 3] - box[at + 1]);
    }
}
