package io.freshet.schemas.kafka;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Explains in one line why a Kafka client failed: what was refused, and to whom. Never prints a secret. */
public final class KafkaFailure {
    private static final Pattern USER = Pattern.compile("\\busername=[\"']?([^\"';\\s]+)");
    /** What a broker answers if the certificate of a client is missing, expired, or unknown to it. */
    private static final Pattern ALERT = Pattern.compile("Received fatal alert: (\\w*certificate\\w*)");
    /** What a controller answers, with the internals of its request. */
    private static final Pattern PERMISSION = Pattern.compile("Request Request\\(.*\\) needs (\\w+) permission\\.?");

    private static final String BEGIN_CERTIFICATE = "-----BEGIN CERTIFICATE-----";
    private static final int MOST_CAUSES = 8;

    private KafkaFailure() {}

    /**
     * Returns the reason, and if brokers refused the client, its user or its certificate.
     *
     * @param settings of the client
     */
    public static String describe(Throwable failure, Map<String, String> settings) {
        List<String> messages = messages(failure);
        String all = Secrets.hide(String.join(": ", messages), settings);
        Matcher alert = ALERT.matcher(all);
        if (alert.find()) {
            return "the brokers refused the certificate of this client: " + alert.group(1) + client(settings);
        }
        String first = Secrets.hide(messages.get(0), settings);
        if (all.contains("Authentication failed")) {
            return first + client(settings);
        }
        Matcher permission = PERMISSION.matcher(all);
        if (permission.find()) {
            return missing("the right to " + permission.group(1) + " the cluster is missing", settings);
        }
        if (all.contains("uthorization failed") || all.contains("Not authorized")) {
            return missing(first, settings);
        }
        return all;
    }

    /**
     * Returns a message about missing rights, with the user who lacks them.
     *
     * @param right that is missing, in words
     * @param settings of the client
     */
    public static String missing(String right, Map<String, String> settings) {
        return right.replaceAll("\\.$", "") + client(settings) + "; freshet acls list prints the rights of each role";
    }

    /** Returns the messages of the failure and its causes, without those that repeat another. */
    private static List<String> messages(Throwable failure) {
        List<String> messages = new ArrayList<>();
        Throwable cause = failure;
        for (int i = 0; cause != null && i < MOST_CAUSES; i++) {
            String message = cause instanceof CertificateExpiredException
                    ? "the certificate of the broker has expired (" + cause.getMessage() + ")"
                    : cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
            if (messages.stream().noneMatch(earlier -> earlier.contains(message))) {
                messages.add(message);
            }
            cause = cause.getCause();
        }
        return messages;
    }

    private static String client(Map<String, String> settings) {
        Matcher user = USER.matcher(settings.getOrDefault("sasl.jaas.config", ""));
        String keystore = settings.get("ssl.keystore.location");
        if (user.find()) {
            return " (user: " + user.group(1) + ")";
        }
        return keystore == null ? "" : " (certificate: " + keystore + validity(Path.of(keystore)) + ")";
    }

    /** Returns the end of the certificate in a PEM file; empty if the file is in another format. */
    private static String validity(Path keystore) {
        try {
            String text = Files.readString(keystore);
            byte[] certificate =
                    text.substring(Math.max(0, text.indexOf(BEGIN_CERTIFICATE))).getBytes(US_ASCII);
            X509Certificate parsed = (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(certificate));
            return ", valid until " + parsed.getNotAfter().toInstant();
        } catch (IOException | CertificateException e) {
            return "";
        }
    }
}
