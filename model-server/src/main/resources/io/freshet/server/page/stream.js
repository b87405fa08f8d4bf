const RETRY_MILLIS = 3000;
/** A connection without events for longer is dead; so is one without events for several times the usual pause. */
const SILENCE_MILLIS = 15000;
const PAUSES = 3;

/**
 * Receives the server's events until they are closed, reconnecting when necessary.
 *
 * @param receive receives each event
 * @param lost called when the connection is lost, and again when it could not be opened
 * @param query limits what is received, such as ?model=NAME
 * @return closes the connection
 */
export function listen(receive, lost, query = "") {
  let source;
  let timer;
  let last = performance.now();
  let longest = 0;
  const reopen = () => {
    lost();
    source.close();
    open();
  };
  const watch = () => {
    clearTimeout(timer);
    timer = setTimeout(reopen, Math.max(SILENCE_MILLIS, PAUSES * longest));
  };
  const open = () => {
    source = new EventSource(`/ui/stream${query}`);
    watch();
    let tick;
    const next = event => {
      const now = performance.now();
      longest = Math.max(longest / 2, now - last);
      last = now;
      watch();
      receive(event);
    };
    source.addEventListener("tick", message => next(tick = JSON.parse(message.data)));
    // The points of more models, which belong to the last tick.
    source.addEventListener("curves", message => next({ ...tick, ...JSON.parse(message.data), reset: false }));
    source.addEventListener("error", () => {
      lost();
      watch();
      // The browser reconnects automatically, unless the server responded with an error.
      if (source.readyState !== EventSource.CLOSED) return;
      clearTimeout(timer);
      timer = setTimeout(open, RETRY_MILLIS);
    });
    source.addEventListener("open", () => {
      // What passed without a connection is no pause of the server.
      last = performance.now();
      longest = 0;
      watch();
    });
  };
  open();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}
