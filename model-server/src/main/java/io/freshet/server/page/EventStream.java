package io.freshet.server.page;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends every open page, once a second, the state of the models and the new points of their curves, as server-sent
 * events.
 *
 * <p>An event's number says up to which point a page knows the curves, so that one that comes back gets what it missed;
 * a new one, or one that knew another server, gets all. A page that reads too slowly misses ticks, not points. With
 * many keys a tick may take long; then the next one waits ten times as long as it took. A new page gets the last one,
 * so that opening it costs next to nothing.
 */
public final class EventStream {
    private static final Logger log = LoggerFactory.getLogger(EventStream.class);
    private static final int MAXIMUM_PAGES = 64;
    private static final long PERIOD_MILLIS = 1_000;

    private final Curves curves;
    private final ModelTable table;
    private final InstantSource clock;
    private final @Nullable String flinkUrl;
    private final String run;
    private final Set<Page> pages = ConcurrentHashMap.newKeySet();
    /** The models in the last tick; null before the first. */
    private volatile @Nullable String last;

    private volatile boolean closed;

    /** An open page; its fields are used on its own context alone. */
    private static final class Page {
        private final Context context;
        private final HttpServerResponse response;
        private long known;
        private boolean fresh = true;

        Page(Context context, HttpServerResponse response, long known) {
            this.context = context;
            this.response = response;
            this.known = known;
        }
    }

    public EventStream(Curves curves, ModelTable table, InstantSource clock, @Nullable String flinkUrl) {
        this.curves = curves;
        this.table = table;
        this.clock = clock;
        this.flinkUrl = flinkUrl;
        run = Long.toString(clock.millis(), Character.MAX_RADIX);
    }

    /** Starts ticking. */
    public void start(Vertx vertx) {
        schedule(vertx, PERIOD_MILLIS);
    }

    /** Ends the streams of all pages, which would otherwise never end, and stops ticking. */
    public void close() {
        closed = true;
        pages.forEach(page -> page.context.runOnContext(go -> {
            if (!page.response.ended()) {
                page.response.end();
            }
        }));
    }

    /** Opens a stream for a page. */
    void open(RoutingContext context) {
        if (pages.size() >= MAXIMUM_PAGES) {
            context.fail(503);
            return;
        }
        HttpServerResponse response = context.response();
        response.setChunked(true)
                .putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        Page page = new Page(
                context.vertx().getOrCreateContext(),
                response,
                known(context.request().getHeader("Last-Event-ID")));
        context.addEndHandler(end -> pages.remove(page));
        pages.add(page);
        String rows = last;
        if (rows != null) {
            send(page, rows);
            return;
        }
        context.vertx()
                .executeBlocking(this::firstTick, true)
                .onSuccess(first -> send(page, first))
                .onFailure(context::fail);
    }

    private void schedule(Vertx vertx, long millis) {
        if (closed) {
            return;
        }
        vertx.setTimer(millis, timer -> {
            long start = System.nanoTime();
            vertx.executeBlocking(this::tick, true).onComplete(done -> {
                if (done.succeeded()) {
                    pages.forEach(page -> page.context.runOnContext(go -> send(page, done.result())));
                } else {
                    log.error("page: a tick failed and is skipped", done.cause());
                }
                long took = (System.nanoTime() - start) / 1_000_000;
                schedule(vertx, Math.max(PERIOD_MILLIS, 10 * took));
            });
        });
    }

    private synchronized String firstTick() {
        String rows = last;
        return rows == null ? tick() : rows;
    }

    private synchronized String tick() {
        long now = clock.millis();
        curves.tick(now);
        JsonObject event =
                new JsonObject().put("at", now).put("flink", flinkUrl).put("models", table.rows(now));
        String text = event.encode();
        String rows = text.substring(0, text.length() - 1);
        last = rows;
        return rows;
    }

    private void send(Page page, String rows) {
        if (page.response.ended() || page.response.closed() || page.response.writeQueueFull()) {
            return;
        }
        Curves.NewPoints news = curves.since(page.known);
        JsonObject points = new JsonObject();
        news.points().forEach((model, list) -> points.put(model, values(list)));
        boolean reset = page.fresh && page.known < 0;
        page.response.write("id: " + run + "-" + news.sequence() + "\nevent: tick\ndata: " + rows + ",\"reset\":"
                + reset + ",\"points\":" + points.encode() + "}\n\n");
        page.known = news.sequence();
        page.fresh = false;
    }

    private long known(@Nullable String lastEventId) {
        if (lastEventId == null || !lastEventId.startsWith(run + "-")) {
            return -1;
        }
        try {
            return Long.parseLong(lastEventId.substring(run.length() + 1));
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static JsonArray values(List<Point> points) {
        JsonArray values = new JsonArray();
        for (Point point : points) {
            values.add(new JsonArray()
                    .add(point.samples())
                    .add(point.at())
                    .add(finite(point.window()))
                    .add(finite(point.loss()))
                    .add(finite(point.baseline())));
        }
        return values;
    }

    private static @Nullable Double finite(@Nullable Double number) {
        return number != null && Double.isFinite(number) ? number : null;
    }
}
