package io.freshet.learning.replica;

import io.freshet.learning.merge.ReplicaSettings;
import io.freshet.learning.merge.Slots;
import io.freshet.learning.replica.PlainReplicas.Round;
import java.util.List;

/**
 * The merges of a round, one parameter at a time. Written from the definition, without the classes that it tests.
 *
 * @param samples learned in the round
 * @param velocity of each parameter, for the outer step; changed by it
 */
record PlainMerge(ReplicaSettings settings, List<Round> round, long samples, float[] velocity) {
    float parameter(float theta, int i) {
        return switch (settings.merge().name()) {
            case "mean" -> mean(theta, 0, i);
            case "sum" -> sum(theta, i);
            case "adaptive" -> adaptive(theta, i);
            case "nesterov" -> nesterov(theta, i);
            default -> throw new IllegalArgumentException(settings.merge().name());
        };
    }

    float mean(double start, int part, int i) {
        double sum = start;
        for (Round each : round) {
            double share = (double) each.samples() / samples;
            sum += share * each.sent()[part][i];
            sum += share * each.rest()[part][i];
        }
        return (float) sum;
    }

    private float sum(double start, int i) {
        double sum = start;
        for (Round each : round) {
            sum += each.sent()[0][i];
            sum += each.rest()[0][i];
        }
        return (float) sum;
    }

    private float adaptive(float theta, int i) {
        double total = 0;
        int touched = 0;
        for (Round each : round) {
            if (isChanged(each, i)) {
                total += each.squares()[i];
                touched += each.sent()[0][i] == 0 ? 0 : 1;
            }
        }
        double sum = 0;
        for (Round each : round) {
            if (each.sent()[0][i] != 0) {
                double weight = total > 0 ? each.squares()[i] / total : 1.0 / touched;
                sum += weight * (each.sent()[0][i] + (double) each.rest()[0][i]);
            }
        }
        return (float) (theta + sum);
    }

    private boolean isChanged(Round changed, int i) {
        for (int part = 0; part < (settings.slots() == Slots.MEAN ? changed.change().length : 1); part++) {
            if (changed.change()[part][i] != 0) {
                return true;
            }
        }
        return false;
    }

    private float nesterov(float theta, int i) {
        float gradient = -mean(0, 0, i);
        if (gradient == 0) {
            return theta;
        }
        float momentum = hyperparameter("momentum");
        velocity[i] = momentum * velocity[i] + gradient;
        return theta - hyperparameter("learningRate") * (gradient + momentum * velocity[i]);
    }

    private float hyperparameter(String name) {
        return ((Number) settings.merge().hyperparameters().get(name)).floatValue();
    }
}
