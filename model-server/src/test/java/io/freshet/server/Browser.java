package io.freshet.server;

import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Chromium without a window, of 1280 by 800 pixels, controlled through chromedriver. The tests of the cli use it too.
 *
 * @see <a href="https://www.w3.org/TR/webdriver2/">WebDriver</a>
 */
public final class Browser implements AutoCloseable {
    /** WebDriver's name of the field with the id of an element. */
    private static final String ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

    private static final List<String> NAMES = List.of("chromium", "chromedriver");
    private static final Pattern STARTED = Pattern.compile("started successfully on port (\\d+)");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final HttpClient client = HttpClient.newHttpClient();
    private final Process driver;
    private final String session;

    private Browser(Process driver, int port) {
        this.driver = driver;
        String driverUrl = "http://127.0.0.1:" + port + "/session";
        JsonObject options = new JsonObject()
                .put("binary", executable("chromium").orElseThrow().toString())
                .put("args", new JsonArray(List.of("--headless=new", "--no-sandbox", "--window-size=1280,800")));
        JsonObject capabilities = new JsonObject()
                .put("goog:chromeOptions", options)
                .put(
                        "goog:loggingPrefs",
                        new JsonObject().put("performance", "ALL").put("browser", "ALL"));
        JsonObject started = (JsonObject) send(
                "POST",
                driverUrl,
                new JsonObject().put("capabilities", new JsonObject().put("alwaysMatch", capabilities)));
        session = driverUrl + "/" + started.getString("sessionId");
        // Waits for elements that are not there yet.
        post("/timeouts", new JsonObject().put("implicit", PATIENCE.toMillis()));
        resize(1280, 800);
    }

    /** Returns the name of a program that is missing on this machine, or null if the browser can start. */
    public static String missing() {
        return NAMES.stream()
                .filter(name -> executable(name).isEmpty())
                .findFirst()
                .orElse(null);
    }

    public static Browser start() throws IOException {
        Process driver = new ProcessBuilder(
                        executable("chromedriver").orElseThrow().toString(), "--port=0")
                .redirectErrorStream(true)
                .start();
        BufferedReader output = driver.inputReader();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            Matcher matcher = STARTED.matcher(line);
            if (matcher.find()) {
                return open(driver, Integer.parseInt(matcher.group(1)));
            }
        }
        throw new IOException("chromedriver: ended (expected: a port)");
    }

    private static Browser open(Process driver, int port) {
        try {
            return new Browser(driver, port);
        } catch (RuntimeException e) {
            driver.destroy();
            throw e;
        }
    }

    public void open(String url) {
        post("/url", new JsonObject().put("url", url));
    }

    /** Runs a script, as the body of a function; waits for a promise that it returns. */
    public Object run(String script, Object... arguments) {
        return post(
                "/execute/sync", new JsonObject().put("script", script).put("args", new JsonArray(List.of(arguments))));
    }

    /** Waits until a script returns true. */
    public void awaitTrue(String script, Object... arguments) {
        await().alias(script).atMost(PATIENCE).until(() -> Boolean.TRUE.equals(run(script, arguments)));
    }

    /** Waits until an element contains a text. */
    public void awaitText(String selector, String text) {
        awaitTrue(
                "return [...document.querySelectorAll(arguments[0])].some(e => e.textContent.includes(arguments[1]))",
                selector,
                text);
    }

    /** Clicks on an element like a user would: it must be visible and not covered. */
    public void click(String selector) {
        use(selector, "/click", new JsonObject());
    }

    /** Types a text into an element. Special keys are characters from U+E000. */
    public void type(String selector, String text) {
        use(selector, "/value", new JsonObject().put("text", text));
    }

    /** Runs a command on an element, which is looked up again if the page replaces it in between. */
    private void use(String selector, String command, JsonObject body) {
        await().atMost(PATIENCE)
                .ignoreExceptionsMatching(Browser::isStale)
                .untilAsserted(() -> post("/element/" + element(selector) + command, body));
    }

    private static boolean isStale(Throwable e) {
        return e instanceof IllegalStateException && e.getMessage().contains("stale element reference");
    }

    /** Drags the mouse horizontally between two distances in pixels from the center of an element. */
    public void drag(String selector, int from, int to) {
        JsonObject center = new JsonObject().put(ELEMENT, element(selector));
        JsonArray steps = new JsonArray()
                .add(move(center, from))
                .add(new JsonObject().put("type", "pointerDown").put("button", 0))
                .add(move(center, to))
                .add(new JsonObject().put("type", "pointerUp").put("button", 0));
        mouse(steps);
    }

    private void mouse(JsonArray steps) {
        JsonObject mouse =
                new JsonObject().put("type", "pointer").put("id", "mouse").put("actions", steps);
        post("/actions", new JsonObject().put("actions", new JsonArray().add(mouse)));
    }

    private static JsonObject move(JsonObject center, int x) {
        return new JsonObject()
                .put("type", "pointerMove")
                .put("origin", center)
                .put("x", x)
                .put("y", 0);
    }

    /** Sets the size of the page in pixels, which the size of a window does not; up to 500 pixels wide, as on a phone. */
    public void resize(int width, int height) {
        JsonObject metrics = new JsonObject()
                .put("width", width)
                .put("height", height)
                .put("deviceScaleFactor", 1)
                .put("mobile", width <= 500);
        post(
                "/goog/cdp/execute",
                new JsonObject()
                        .put("cmd", "Emulation.setDeviceMetricsOverride")
                        .put("params", metrics));
    }

    /** Moves the mouse to a distance in pixels from the center of an element. */
    public void hover(String selector, int x) {
        JsonObject center = new JsonObject().put(ELEMENT, element(selector));
        mouse(new JsonArray().add(move(center, x)));
    }

    /** Emulates a setting of the user, such as {@code prefers-color-scheme}. */
    public void emulate(String feature, String value) {
        JsonObject setting = new JsonObject().put("name", feature).put("value", value);
        post(
                "/goog/cdp/execute",
                new JsonObject()
                        .put("cmd", "Emulation.setEmulatedMedia")
                        .put("params", new JsonObject().put("features", new JsonArray().add(setting))));
    }

    /** Returns the URLs of all requests since the last call. */
    public List<String> requests() {
        return log("performance")
                .map(entry -> new JsonObject(entry.getString("message")).getJsonObject("message"))
                .filter(message -> message.getString("method").equals("Network.requestWillBeSent"))
                .map(message ->
                        message.getJsonObject("params").getJsonObject("request").getString("url"))
                .toList();
    }

    /** Returns the errors and warnings of the console since the last call, such as uncaught exceptions. */
    public List<String> complaints() {
        return log("browser").map(entry -> entry.getString("message")).toList();
    }

    public void screenshot(Path file) throws IOException {
        Files.write(file, Base64.getDecoder().decode((String) send("GET", session + "/screenshot", null)));
    }

    @Override
    public void close() {
        try {
            send("DELETE", session, null);
        } finally {
            driver.destroy();
        }
    }

    private String element(String selector) {
        JsonObject found = (JsonObject)
                post("/element", new JsonObject().put("using", "css selector").put("value", selector));
        return found.getString(ELEMENT);
    }

    private Stream<JsonObject> log(String type) {
        return ((JsonArray) post("/se/log", new JsonObject().put("type", type)))
                .stream().map(JsonObject.class::cast);
    }

    private Object post(String path, JsonObject body) {
        return send("POST", session + path, body);
    }

    private Object send(String method, String url, JsonObject body) {
        BodyPublisher content = body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.encode());
        try {
            String response = client.send(
                            HttpRequest.newBuilder(URI.create(url))
                                    .header("Content-Type", "application/json")
                                    .method(method, content)
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
            Object value = new JsonObject(response).getValue("value");
            if (value instanceof JsonObject object && object.containsKey("error")) {
                throw new IllegalStateException(url + " " + body + ": " + object.getString("message"));
            }
            return value;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Optional<Path> executable(String name) {
        return Stream.of(System.getenv("PATH").split(":"))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
