package io.freshet.learning.learner;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.learning.spec.ModelSpec;

/** Linear and logistic regression by plain loops over the whole data set in float64, with every formula written out. */
final class FullBatchLoop {
    private final String optimizer;
    private final boolean logistic;
    private final double rate;
    private final double l2;
    private final double[][] x;
    private final double[] y;
    private final double[] w;
    private final double[] theta;
    private final double[] a;
    private final double[] b;

    FullBatchLoop(ModelSpec spec, JsonNode samples) {
        optimizer = spec.optimizer().name();
        logistic = spec.loss().name().equals("binary-cross-entropy");
        rate = spec.training().learningRate();
        l2 = spec.training().regularization().l2();
        int n = 1 + samples.get(0).get("numbers").size();
        x = new double[samples.size()][n];
        y = new double[samples.size()];
        w = new double[samples.size()];
        for (int i = 0; i < y.length; i++) {
            JsonNode sample = samples.get(i);
            x[i][0] = 1;
            for (int c = 1; c < n; c++) {
                x[i][c] = sample.get("numbers").get(c - 1).doubleValue();
            }
            y[i] = sample.get(logistic ? "class" : "target").doubleValue();
            w[i] = sample.get("weight").doubleValue();
        }
        theta = new double[n];
        a = new double[n];
        b = new double[n];
    }

    double[] parameters(int epochs) {
        for (int t = 1; t <= epochs; t++) {
            double[] gradient = meanGradient();
            for (int c = 0; c < theta.length; c++) {
                step(c, optimizer.equals("ftrl") ? gradient[c] : gradient[c] + l2 * theta[c], t);
            }
        }
        return theta;
    }

    private double[] meanGradient() {
        double[] gradient = new double[theta.length];
        double weight = 0;
        for (int i = 0; i < y.length; i++) {
            double z = 0;
            for (int c = 0; c < theta.length; c++) {
                z += theta[c] * x[i][c];
            }
            double delta = logistic ? 1 / (1 + Math.exp(-z)) - y[i] : 2 * (z - y[i]);
            for (int c = 0; c < theta.length; c++) {
                gradient[c] += w[i] * delta * x[i][c];
            }
            weight += w[i];
        }
        for (int c = 0; c < theta.length; c++) {
            gradient[c] /= weight;
        }
        return gradient;
    }

    private void step(int c, double g, int t) {
        double before = theta[c];
        switch (optimizer) {
            case "sgd" -> theta[c] -= rate * g;
            case "momentum" -> {
                a[c] = 0.9 * a[c] + g;
                theta[c] -= rate * a[c];
            }
            case "nesterov" -> {
                a[c] = 0.9 * a[c] + g;
                theta[c] -= rate * (g + 0.9 * a[c]);
            }
            case "adagrad" -> {
                a[c] += g * g;
                theta[c] -= rate * g / (Math.sqrt(a[c]) + 1e-8);
            }
            case "rmsprop" -> {
                a[c] = 0.9 * a[c] + 0.1 * g * g;
                theta[c] -= rate * g / (Math.sqrt(a[c]) + 1e-8);
            }
            case "adam", "adamw" -> {
                a[c] = 0.9 * a[c] + 0.1 * g;
                b[c] = 0.999 * b[c] + 0.001 * g * g;
                double mean = a[c] / (1 - Math.pow(0.9, t));
                double square = b[c] / (1 - Math.pow(0.999, t));
                theta[c] -= rate * mean / (Math.sqrt(square) + 1e-8);
                theta[c] -= optimizer.equals("adamw") ? rate * 0.01 * before : 0;
            }
            case "ftrl" -> {
                a[c] += g - (Math.sqrt(b[c] + g * g) - Math.sqrt(b[c])) / rate * before;
                b[c] += g * g;
                theta[c] = -a[c] / ((1 + Math.sqrt(b[c])) / rate + l2);
            }
            default -> throw new IllegalArgumentException(optimizer + " (expected: a formula here)");
        }
    }
}
