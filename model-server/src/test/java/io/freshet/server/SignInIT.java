package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.spec.ModelSpec;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Signing in to the page of a server with a token. */
class SignInIT extends PageInBrowser {
    private static final ModelSpec FARES = ModelSpec.parse(
            "{name: fares, label: y, features: {numeric: [x], standardize: false}, loss: mean-squared-error}");

    @Test
    void the_token_is_typed_once_and_leads_to_the_page_that_was_asked_for() throws Exception {
        try (RunningServer guarded = new RunningServer(OPTIONS.withToken("s3cret"))) {
            guarded.publish(Published.records(FARES, "", 10, 1, 1));
            guarded.publish(Published.records(FARES, "", 20, 1, 2));
            browser.open("http://127.0.0.1:" + guarded.port() + "/models/fares?from=a%20link");

            browser.type("#token", "guess\n");
            browser.awaitText("#error", "not a token of this server");
            browser.run("document.getElementById('token').value = ''");
            browser.type("#token", "s3cret\n");

            browser.click("[aria-label='Pin version 10']");
            browser.awaitText("#serving-row tr.pinned th", "10");
            assertThat(browser.run("return location.pathname + location.search"))
                    .isEqualTo("/models/fares?from=a%20link");
            assertThat(browser.run("return document.cookie")).isEqualTo("");
        }
    }

    @Test
    void signing_out_asks_for_the_token_again() throws Exception {
        try (RunningServer guarded = new RunningServer(OPTIONS.withToken("s3cret"))) {
            String home = "http://127.0.0.1:" + guarded.port() + "/";
            browser.open(home);
            browser.type("#token", "s3cret\n");
            browser.awaitText("#state", "connected");

            browser.click("#sign-out");
            browser.awaitText("h2", "Sign in");
            browser.open(home);

            browser.awaitText("h2", "Sign in");
        }
        browser.open(origin() + "/");
        browser.awaitText("#state", "connected");
        assertThat(browser.run("return document.getElementById('sign-out').hidden"))
                .isEqualTo(true);
        assertThat(browser.complaints().stream().filter(message -> message.contains(origin())))
                .isEmpty();
    }

    /** Would catch a link to the sign-in page that leads to another site. */
    @Test
    void signing_in_never_leads_to_another_site() throws Exception {
        try (RunningServer guarded = new RunningServer(OPTIONS.withToken("s3cret"))) {
            String origin = "http://127.0.0.1:" + guarded.port();
            for (String to : List.of("https://example.com/", "//example.com/", "javascript:alert(1)")) {
                browser.open(origin + "/ui/sign-in?to=" + URLEncoder.encode(to, StandardCharsets.UTF_8));
                browser.type("#token", "s3cret\n");
                browser.awaitText("#state", "connected");
                assertThat(browser.run("return location.href")).isEqualTo(origin + "/");
                browser.click("#sign-out");
                browser.awaitText("h2", "Sign in");
            }
        }
    }
}
