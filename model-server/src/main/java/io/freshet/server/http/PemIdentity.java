package io.freshet.server.http;

import io.vertx.core.Vertx;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;

/** The certificate chain and private key of a server. They are checked before use: TLS itself fails only with the first client. */
public final class PemIdentity {
    /** Algorithms of signatures by those of keys. */
    private static final Map<String, String> SIGNATURES = Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA");

    private PemIdentity() {}

    /**
     * Returns the options of Vert.x.
     *
     * @throws IllegalArgumentException naming {@code tlsCertificate} or {@code tlsKey}, if a file is not PEM of that kind, or
     *     if they do not belong together
     */
    public static PemKeyCertOptions load(Vertx vertx, Path certificate, Path key) {
        PublicKey publicKey = publicKey(certificate);
        PemKeyCertOptions options =
                new PemKeyCertOptions().setCertPath(certificate.toString()).setKeyPath(key.toString());
        PrivateKey privateKey;
        try {
            privateKey = privateKey(options, vertx, publicKey.getAlgorithm());
        } catch (Exception e) {
            throw new IllegalArgumentException(
                    "tlsKey: " + key + " (expected: a private key in PEM, PKCS #8, without a password): "
                            + e.getMessage(),
                    e);
        }
        if (privateKey == null || !belongTogether(publicKey, privateKey)) {
            throw new IllegalArgumentException(
                    "tlsKey: " + key + " (expected: the private key of " + certificate + ")");
        }
        return options;
    }

    private static PublicKey publicKey(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            Collection<? extends Certificate> chain =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (!chain.isEmpty()) {
                return chain.iterator().next().getPublicKey();
            }
        } catch (IOException | GeneralSecurityException e) {
            throw notCertificate(file, e);
        }
        throw notCertificate(file, null);
    }

    private static IllegalArgumentException notCertificate(Path file, @Nullable Exception cause) {
        return new IllegalArgumentException(
                "tlsCertificate: " + file + " (expected: a certificate chain in PEM)", cause);
    }

    /** @return null if the key is of another algorithm than the certificate */
    private static @Nullable PrivateKey privateKey(PemKeyCertOptions options, Vertx vertx, String algorithm)
            throws Exception {
        return Arrays.stream(options.getKeyManagerFactory(vertx).getKeyManagers())
                .map(X509KeyManager.class::cast)
                .flatMap(manager -> {
                    String[] aliases = manager.getServerAliases(algorithm, null);
                    return aliases == null
                            ? Stream.of()
                            : Arrays.stream(aliases).map(manager::getPrivateKey);
                })
                .findFirst()
                .orElse(null);
    }

    /** Signs a text, and verifies the signature. Keys of other algorithms are not checked. */
    private static boolean belongTogether(PublicKey publicKey, PrivateKey privateKey) {
        String algorithm = SIGNATURES.get(publicKey.getAlgorithm());
        if (algorithm == null) {
            return true;
        }
        byte[] text = {1};
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(privateKey);
            signature.update(text);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(text);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
