package io.freshet.server.page;

import io.freshet.server.body.RequestException;
import io.freshet.server.body.Responses;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the state of all models and the new points of their curves to every open page, as server-sent events.
 *
 * <p>The id of an event contains the sequence number of the last point sent. A page that reconnects receives the points
 * it missed; a new page, or one that was connected to another run of the server, receives all. A page that reads too
 * slowly misses ticks but no points.
 *
 * <p>A tick is computed once a second, or less often if it is slow because of many keys: the pause is at least ten
 * times its duration. A new page receives the last tick. A page of one model, {@code ?model=NAME}, receives that model only.
 * The page of all models receives the points of those that it draws: {@code ?curves=NAME}, repeated.
 *
 * <p>Many points are sent in parts: the event {@code tick} has the first one, and events {@code curves} have the others, of which
 * the last has the id. A part is encoded by a worker once the one before has been written, so a page holds the memory of one.
 */
public final class EventStream {
    private static final Logger log = LoggerFactory.getLogger(EventStream.class);
    private static final int MAXIMUM_PAGES = 64;
    private static final long PERIOD_MILLIS = 1_000;

    private final Curves curves;
    private final ModelsView table;
    private final InstantSource clock;
    private final @Nullable String flinkUrl;
    private final Responses responses;
    /** Computes ticks and encodes events, one at a time. */
    private final WorkerExecutor worker;

    private final String run;
    private final JsonObject metrics = ModelsView.metrics();
    private final Set<Page> pages = ConcurrentHashMap.newKeySet();
    /** Null before the first tick. */
    private volatile @Nullable Tick lastTick;

    /** What readers should know about the data, or null. */
    private volatile @Nullable String notice;

    private volatile boolean closed;

    /** An open page; its mutable fields are used only on its own context. */
    private static final class Page {
        private final Context context;
        private final HttpServerRequest request;
        private final HttpServerResponse response;
        /** The only model that the page shows, or null for all. */
        private final @Nullable String model;
        /** The models whose curves the page shows, or null for all. */
        private final @Nullable Set<String> drawn;

        private long lastSent;
        private boolean isSending;

        Page(Context context, HttpServerRequest request, long lastSent) {
            this.context = context;
            this.request = request;
            model = request.getParam("model");
            List<String> curves = request.params().getAll("curves");
            drawn = model != null ? Set.of(model) : curves.isEmpty() ? null : Set.copyOf(curves);
            response = request.response();
            this.lastSent = lastSent;
        }
    }

    /**
     * The JSON of a tick, without points and closing brace.
     *
     * @param head what is the same for all pages
     * @param rows of the models, by name
     * @param all the rows of the table of all models
     */
    private record Tick(String head, Map<String, String> rows, String all) {
        static Tick of(JsonObject head, ModelsView.Rows rows) {
            Map<String, String> encoded = new LinkedHashMap<>();
            rows.listed().forEach(row -> encoded.put(row.getString("name"), row.encode()));
            String all = String.join(",", encoded.values());
            rows.others().forEach(row -> encoded.put(row.getString("name"), row.encode()));
            String text = head.put("total", rows.total()).encode();
            return new Tick(text.substring(0, text.length() - 1), encoded, all);
        }

        /** Returns whether a page can be shown: that of all models, or of a model that has a row. */
        boolean has(@Nullable String model) {
            return model == null || rows.containsKey(model);
        }

        /** @param model the only one to show, or null for all */
        String of(@Nullable String model) {
            return head + ",\"models\":[" + (model == null ? all : rows.getOrDefault(model, "")) + "]";
        }
    }

    public EventStream(
            Curves curves,
            ModelsView table,
            InstantSource clock,
            @Nullable String flinkUrl,
            Responses responses,
            WorkerExecutor worker) {
        this.curves = curves;
        this.table = table;
        this.clock = clock;
        this.flinkUrl = flinkUrl;
        this.responses = responses;
        this.worker = worker;
        run = Long.toString(clock.millis(), Character.MAX_RADIX);
    }

    /** Shows a sentence on all pages from the next tick on. */
    public void notice(String text) {
        notice = text;
    }

    /** Starts ticking. */
    public void start(Vertx vertx) {
        schedule(vertx, PERIOD_MILLIS);
    }

    /** Stops ticking and ends the streams of all pages, which would otherwise stay open. */
    public void close() {
        closed = true;
        pages.forEach(page -> page.context.runOnContext(go -> {
            if (!page.response.ended()) {
                responses.end(page.request);
            }
        }));
    }

    /** Opens a stream for a page. */
    void open(RoutingContext context) {
        Page page = new Page(
                context.vertx().getOrCreateContext(),
                context.request(),
                lastSent(context.request().getHeader("Last-Event-ID")));
        // Counted once it is added, since other event loops may open pages at the same time.
        pages.add(page);
        if (pages.size() > MAXIMUM_PAGES) {
            pages.remove(page);
            context.fail(RequestException.of(503, "open pages: " + MAXIMUM_PAGES + " (expected: fewer; try again)"));
            return;
        }
        context.addEndHandler(end -> pages.remove(page));
        HttpServerResponse response = context.response();
        response.setChunked(true)
                .putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        if (context.request().method() == HttpMethod.HEAD) {
            responses.end(context.request());
            return;
        }
        Tick tick = lastTick;
        if (tick != null) {
            // A model that the table leaves out has a row from the next tick on.
            if (tick.has(page.model)) {
                send(page, tick);
            }
            return;
        }
        worker.executeBlocking(this::firstTick, true)
                .onSuccess(first -> send(page, first))
                .onFailure(context::fail);
    }

    private void schedule(Vertx vertx, long millis) {
        if (closed) {
            return;
        }
        vertx.setTimer(millis, timer -> {
            if (closed) {
                return;
            }
            long start = System.nanoTime();
            worker.executeBlocking(this::tick, true).onComplete(done -> {
                if (done.succeeded()) {
                    pages.forEach(page -> page.context.runOnContext(go -> send(page, done.result())));
                } else {
                    log.error("page: skipped a tick that failed", done.cause());
                }
                long durationMillis = (System.nanoTime() - start) / 1_000_000;
                schedule(vertx, Math.max(PERIOD_MILLIS, 10 * durationMillis));
            });
        });
    }

    private synchronized Tick firstTick() {
        Tick tick = lastTick;
        return tick == null ? tick() : tick;
    }

    private synchronized Tick tick() {
        long now = clock.millis();
        curves.tick();
        JsonObject head = new JsonObject()
                .put("at", now)
                .put("flink", flinkUrl)
                .put("notice", notice)
                .put("undecodable", table.undecodable(now))
                .put("metrics", metrics);
        Set<String> opened =
                pages.stream().map(page -> page.model).filter(Objects::nonNull).collect(Collectors.toSet());
        Tick tick = Tick.of(head, table.update(opened, now));
        lastTick = tick;
        return tick;
    }

    /** Sends a tick and the points that a page lacks, unless the page still reads the tick before. */
    private void send(Page page, Tick tick) {
        if (page.isSending || !isOpen(page)) {
            return;
        }
        page.isSending = true;
        String reset = ",\"reset\":" + (page.lastSent < 0) + ",";
        sendPart(page, () -> "event: tick\ndata: " + tick.of(page.model) + reset, curves.since(page.lastSent));
    }

    private void sendPart(Page page, Supplier<String> head, Curves.Position from) {
        worker.executeBlocking(
                        () -> {
                            Curves.News news = curves.next(from, page.drawn);
                            String id = news.next() == null ? "id: " + run + "-" + from.end() + "\n" : "";
                            return new Part(
                                    Buffer.buffer(id + head.get() + json(news, page.model != null)), news.next());
                        },
                        false)
                .compose(part -> isOpen(page)
                        ? responses.write(page.request, part.event).map(part)
                        : Future.failedFuture("the page was closed"))
                .onSuccess(part -> {
                    if (part.next == null) {
                        page.lastSent = from.end();
                        page.isSending = false;
                    } else {
                        sendPart(page, () -> "event: curves\ndata: {", part.next);
                    }
                })
                .onFailure(cause -> {
                    if (isOpen(page)) {
                        log.error("page: failed to send an event", cause);
                        responses.end(page.request);
                    }
                });
    }

    private static boolean isOpen(Page page) {
        return !page.response.ended() && !page.response.closed();
    }

    /** @param next where the next part begins, or null if this is the last */
    private record Part(Buffer event, Curves.@Nullable Position next) {}

    /** Returns the sequence number in an event id of this run, or -1. */
    private long lastSent(@Nullable String lastEventId) {
        if (lastEventId == null || !lastEventId.startsWith(run + "-")) {
            return -1;
        }
        try {
            return Long.parseLong(lastEventId.substring(run.length() + 1));
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** Returns the rest of an event. */
    private static String json(Curves.News news, boolean withScored) {
        StringBuilder json = new StringBuilder();
        write(json, "\"learned\":", news.learned());
        write(json, ",\"served\":", news.served());
        write(json, ",\"scored\":", withScored ? news.scored() : Map.of());
        return json.append("}\n\n").toString();
    }

    private static void write(StringBuilder json, String name, Map<String, Curves.NewPoints> models) {
        json.append(name);
        String separator = "{";
        for (Map.Entry<String, Curves.NewPoints> model : models.entrySet()) {
            json.append(separator)
                    .append(Json.encode(model.getKey()))
                    .append(":{\"start\":")
                    .append(model.getValue().start())
                    .append(",\"points\":[");
            for (Point point : model.getValue().points()) {
                write(json, point);
            }
            json.setLength(json.length() - 1);
            json.append("]}");
            separator = ",";
        }
        json.append(models.isEmpty() ? "{}" : "}");
    }

    private static void write(StringBuilder json, Point point) {
        json.append('[').append(point.at());
        for (double value : point.values()) {
            json.append(',').append(ModelsView.finite(value));
        }
        json.append("],");
    }
}
