package io.freshet.schemas.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.util.Map;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

class KafkaFailureTest {
    private static final Map<String, String> SCRAM = Map.of(
            "sasl.jaas.config",
            "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"job\" password=\"s3cret\";");

    @Test
    void names_the_user_whose_password_is_wrong() {
        assertThat(KafkaFailure.describe(
                        new IllegalStateException("Authentication failed: invalid credentials"), SCRAM))
                .isEqualTo("Authentication failed: invalid credentials (user: job)");
    }

    @Test
    void names_the_expiry_of_the_certificate_of_a_broker() {
        Exception expired = new CertificateExpiredException("NotAfter: Fri Nov 27 08:00:00 UTC 2026");
        Exception handshake = new SSLHandshakeException("PKIX path validation failed");
        handshake.initCause(new CertPathValidatorException("validity check failed", expired));
        assertThat(KafkaFailure.describe(new IllegalStateException("SSL handshake failed", handshake), SCRAM))
                .isEqualTo(
                        "SSL handshake failed: PKIX path validation failed: validity check failed: the certificate of the"
                                + " broker has expired (NotAfter: Fri Nov 27 08:00:00 UTC 2026)");
    }

    @Test
    void omits_the_internals_of_a_request_that_a_controller_refuses() {
        assertThat(KafkaFailure.describe(
                        new IllegalStateException(
                                "Request Request(processor=0, envelope=None))) needs ALTER permission."),
                        SCRAM))
                .isEqualTo("the right to ALTER the cluster is missing (user: job);"
                        + " freshet acls list prints the rights of each role");
    }

    @Test
    void names_a_keystore_that_cannot_be_read_without_an_expiry() {
        assertThat(KafkaFailure.describe(
                        new IllegalStateException("Received fatal alert: bad_certificate"),
                        Map.of("ssl.keystore.location", "missing.pem")))
                .isEqualTo(
                        "the brokers refused the certificate of this client: bad_certificate (certificate: missing.pem)");
    }

    @Test
    void hides_secrets_and_ends_with_a_cycle_of_causes() {
        Exception first = new IllegalStateException("bad " + SCRAM.get("sasl.jaas.config"));
        Exception second = new IllegalStateException("again", first);
        first.initCause(second);
        assertThat(KafkaFailure.describe(first, SCRAM)).isEqualTo("bad ****: again");
    }
}
