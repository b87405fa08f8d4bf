package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A new key and a certificate for localhost, generated with keytool.
 *
 * @param options for the server
 * @param clients what trusts the certificate
 */
record TlsIdentity(ServerOptions.Tls options, SSLContext clients) {
    private static final char[] PASSWORD = "changeit".toCharArray();

    static TlsIdentity in(Path directory) throws Exception {
        KeyStore store = generate(directory);
        Path certificate =
                pem(directory, "CERTIFICATE", store.getCertificate("server").getEncoded());
        Path key =
                pem(directory, "PRIVATE KEY", store.getKey("server", PASSWORD).getEncoded());
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        trusted.setCertificateEntry("server", store.getCertificate("server"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext clients = SSLContext.getInstance("TLS");
        clients.init(null, trust.getTrustManagers(), null);
        return new TlsIdentity(new ServerOptions.Tls(certificate, key), clients);
    }

    private static KeyStore generate(Path directory) throws Exception {
        Path file = directory.resolve("identity.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "SAN=DNS:localhost",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD),
                        "-keystore",
                        file.toString())
                .inheritIO()
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        return store;
    }

    private static Path pem(Path directory, String kind, byte[] content) throws Exception {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return Files.writeString(
                directory.resolve(kind + ".pem"),
                "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(kind, text));
    }
}
