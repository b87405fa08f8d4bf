const RETRY_MILLIS = 3000;

/**
 * Receives the server's events until they are closed, reconnecting when necessary.
 *
 * @param receive receives each event
 * @param lost called when the connection is lost
 * @param query limits what is received, such as ?model=NAME
 * @return closes the connection
 */
export function listen(receive, lost, query = "") {
  let source;
  let retry;
  const open = () => {
    source = new EventSource(`/ui/stream${query}`);
    source.addEventListener("tick", message => receive(JSON.parse(message.data)));
    source.addEventListener("error", () => {
      lost();
      // The browser reconnects automatically, unless the server responded with an error.
      if (source.readyState === EventSource.CLOSED) retry = setTimeout(open, RETRY_MILLIS);
    });
  };
  open();
  return () => {
    clearTimeout(retry);
    source.close();
  };
}
