/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.metrics;

import io.podtap.core.agent.Acceptor;
import io.podtap.core.agent.Health;
import io.podtap.core.agent.Threads;
import io.podtap.core.text.PlainText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * {@code /metrics} in Prometheus' text format or OpenMetrics, {@code /live} and {@code /ready}, on
 * one small port.
 *
 * <p>One thread, many connections, none of which can hold another: a connection has {@link
 * #EXCHANGE_NS} from its acceptance to its end, whatever it does. When every place is taken the
 * oldest makes room; of one address that has its share, the oldest of that address. A tap's own few
 * lines instead of an HTTP server, which would cost a sidecar several MiB.
 *
 * @see "Prometheus text exposition format 0.0.4; OpenMetrics 1.0.0; RFC 9112"
 */
public final class MetricsServer implements AutoCloseable {

  /** What one exchange may take, from acceptance to end. */
  static final long EXCHANGE_NS = TimeUnit.SECONDS.toNanos(2);

  static final int CONNECTIONS_MAX = 128;
  static final int CONNECTIONS_PER_ADDRESS_MAX = 64;

  /**
   * Nobody makes room before that: a client that asks at once is answered in far less. Until then
   * the kernel keeps who comes.
   */
  private static final long GRACE_NS = TimeUnit.MILLISECONDS.toNanos(10);

  /** What the kernel takes for a client that does not read; it would be megabytes otherwise. */
  private static final int SEND_BUFFER_BYTES = 64 << 10;

  private static final int ACCEPTS_PER_TURN = 32;
  private static final long STOP_MS_MAX = 250;

  /** A new text is made for a request that comes so much later. */
  private static final long FRESH_NS = TimeUnit.MILLISECONDS.toNanos(250);

  /**
   * Texts of {@code /metrics} that slow clients keep in memory. When there are as many, a client
   * gets the present one, whichever format it has.
   */
  private static final int TEXTS_MAX = 4;

  private static final String OK = "200 OK";
  private static final String UNAVAILABLE = "503 Service Unavailable";

  private final Selector selector;
  private final Acceptor acceptor;
  private final Places places = new Places();
  private final Function<MetricsFormat, String> metrics;
  private final Health health;
  private final ArrayDeque<HttpExchange> exchanges = new ArrayDeque<>();
  private final AtomicLong dropped = new AtomicLong();
  private final ArrayDeque<Long> madeNs = new ArrayDeque<>();
  private byte @Nullable [] text;
  private MetricsFormat textFormat = MetricsFormat.TEXT;
  private @Nullable Thread thread;
  private volatile boolean closed;

  private final HttpExchange.Answers answers =
      new HttpExchange.Answers() {
        @Override
        public HttpExchange.Answer answer(String method, String target, String accept) {
          return MetricsServer.this.answer(method, target, accept);
        }

        @Override
        public HttpExchange.Answer badRequest() {
          return response("400 Bad Request", bytes("not a request of HTTP/1\n"), true);
        }
      };

  private MetricsServer(
      Selector selector,
      Acceptor acceptor,
      Function<MetricsFormat, String> metrics,
      Health health) {
    this.selector = selector;
    this.acceptor = acceptor;
    this.metrics = metrics;
    this.health = health;
  }

  /**
   * Listens and answers on a thread of its own.
   *
   * @param port 0 lets the kernel choose
   * @param metrics makes the text of {@code /metrics} from a snapshot, in the format that a client
   *     prefers; called on the server's thread
   * @param health what {@code /live} and {@code /ready} say
   * @throws IOException when the port is taken
   */
  public static MetricsServer start(
      int port, Function<MetricsFormat, String> metrics, Health health) throws IOException {
    Selector selector = Selector.open();
    try {
      Acceptor acceptor = Acceptor.listen(selector, new InetSocketAddress(port), ACCEPTS_PER_TURN);
      MetricsServer server = new MetricsServer(selector, acceptor, metrics, health);
      server.thread = Threads.startRestartable("metrics", server::serve);
      return server;
    } catch (IOException e) {
      selector.close();
      throw e;
    }
  }

  /** Returns the port that it listens on. */
  public int port() {
    return acceptor.listener().socket().getLocalPort();
  }

  /** Returns connections that were closed before they were answered. Any thread. */
  public long dropped() {
    return dropped.get();
  }

  private void serve() {
    while (!closed) {
      try {
        turn();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    List.copyOf(exchanges).forEach(this::end);
    try (selector;
        acceptor) {
      return;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void turn() throws IOException {
    selector.select(acceptor.selectMs());
    long nowNs = System.nanoTime();
    for (SelectionKey key : selector.selectedKeys()) {
      if (key.isValid() && key.attachment() instanceof HttpExchange exchange) {
        advance(exchange, key);
      }
    }
    selector.selectedKeys().clear();
    for (HttpExchange oldest = exchanges.peekFirst();
        oldest != null && nowNs - oldest.beginNs > EXCHANGE_NS;
        oldest = exchanges.peekFirst()) {
      end(oldest);
    }
    acceptor.accept(places);
  }

  /** Where connections have a place. */
  private final class Places implements Acceptor.Room {

    @Override
    public boolean hasPlace() {
      return exchanges.size() < CONNECTIONS_MAX || makeRoom();
    }

    @Override
    public void failed(IOException problem) {
      HttpExchange oldest = exchanges.peekFirst();
      if (oldest != null) {
        end(oldest);
      }
    }

    @Override
    public boolean take(SocketChannel channel) throws IOException {
      HttpExchange exchange;
      SelectionKey key;
      try {
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.SO_SNDBUF, SEND_BUFFER_BYTES);
        exchange = new HttpExchange(channel, System.nanoTime());
        key = channel.register(selector, SelectionKey.OP_READ, exchange);
      } catch (IOException | RuntimeException e) {
        channel.close();
        return true; // it has gone again
      }
      boolean hasRoom = makeRoomFor(exchange.address);
      exchanges.add(exchange);
      advance(exchange, key); // the request is there already, as a rule
      return hasRoom;
    }
  }

  /** Ends one that has been answered, else the oldest; false when that one is too young. */
  private boolean makeRoom() {
    HttpExchange oldest = exchanges.peekFirst();
    for (HttpExchange exchange : exchanges) {
      if (exchange.isWritten()) {
        end(exchange);
        return true;
      }
    }
    if (oldest == null || System.nanoTime() - oldest.beginNs < GRACE_NS) {
      return false;
    }
    end(oldest);
    return true;
  }

  /** Returns false when the address has its share and its oldest is too young. */
  private boolean makeRoomFor(InetAddress address) {
    HttpExchange oldest = null;
    int count = 0;
    for (HttpExchange exchange : exchanges) {
      if (exchange.address.equals(address)) {
        count++;
        oldest = oldest == null ? exchange : oldest;
      }
    }
    if (oldest == null || count < CONNECTIONS_PER_ADDRESS_MAX) {
      return true;
    }
    if (System.nanoTime() - oldest.beginNs < GRACE_NS) {
      return false; // it shares what is left for all, and no other is accepted meanwhile
    }
    end(oldest);
    return true;
  }

  private void advance(HttpExchange exchange, SelectionKey key) {
    try {
      exchange.advance(key, answers);
      if (exchange.isOver()) {
        end(exchange);
      }
    } catch (IOException e) {
      end(exchange); // a client that went away
    } catch (RuntimeException | Error e) {
      end(exchange);
      throw e;
    }
  }

  private void end(HttpExchange exchange) {
    if (!exchanges.remove(exchange)) {
      return;
    }
    if (!exchange.isWritten()) {
      dropped.incrementAndGet();
    }
    try {
      exchange.channel.close();
    } catch (IOException e) {
      return; // it is closed all the same
    }
  }

  private HttpExchange.Answer answer(String method, String target, String accept) {
    boolean hasBody = !method.equals("HEAD");
    if (hasBody && !method.equals("GET")) {
      return response("405 Method Not Allowed", bytes("GET or HEAD\n"), true);
    }
    String path = path(target);
    try {
      return switch (path) {
        case "/metrics" -> metrics(MetricsFormat.accepted(accept), hasBody);
        case "/live", "/healthz" -> health(health.deadness(), "", hasBody);
        case "/ready" -> health(health.unreadiness(), health.remarks(), hasBody);
        default -> response("404 Not Found", bytes("try /metrics, /live or /ready\n"), hasBody);
      };
    } catch (OutOfMemoryError e) {
      throw e;
    } catch (RuntimeException | Error e) { // our mistake; the next request may do
      return response(
          "500 Internal Server Error", bytes(PlainText.of(e.toString()) + '\n'), hasBody);
    }
  }

  /** Returns the path of a target in origin or absolute form (RFC 9112 section 3.2). */
  private static String path(String target) {
    int authority = target.startsWith("http://") ? "http://".length() : 0;
    int start = Math.max(target.indexOf('/', authority), 0);
    int query = target.indexOf('?', start);
    return target.substring(start, query < 0 ? target.length() : query);
  }

  private static HttpExchange.Answer health(String problem, String remarks, boolean hasBody) {
    return problem.isEmpty()
        ? response(OK, bytes(remarks.isEmpty() ? "ok\n" : "ok\n" + remarks + '\n'), hasBody)
        : response(UNAVAILABLE, bytes(problem + '\n'), hasBody);
  }

  /**
   * Answers with a new text, or with the present one when it is fresh or as many older ones are
   * still on their way.
   */
  private HttpExchange.Answer metrics(MetricsFormat format, boolean hasBody) {
    long nowNs = System.nanoTime();
    while (!madeNs.isEmpty() && nowNs - madeNs.getFirst() > EXCHANGE_NS) {
      madeNs.removeFirst();
    }
    byte[] present = text;
    boolean isFresh =
        format == textFormat && !madeNs.isEmpty() && nowNs - madeNs.getLast() < FRESH_NS;
    if (present == null || (!isFresh && madeNs.size() < TEXTS_MAX)) {
      present = bytes(metrics.apply(format));
      text = present;
      textFormat = format;
      madeNs.add(nowNs);
    }
    return response(OK, textFormat.contentType(), present, hasBody);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static HttpExchange.Answer response(String status, byte[] body, boolean hasBody) {
    return response(status, MetricsFormat.TEXT.contentType(), body, hasBody);
  }

  private static HttpExchange.Answer response(
      String status, String contentType, byte[] body, boolean hasBody) {
    byte[] head =
        ("HTTP/1.1 "
                + status
                + "\r\nContent-Type: "
                + contentType
                + "\r\nVary: Accept\r\nContent-Length: "
                + body.length
                + "\r\nConnection: close\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    return new HttpExchange.Answer(head, hasBody ? body : new byte[0]);
  }

  @Override
  public void close() {
    closed = true;
    selector.wakeup();
    Thread present = thread;
    if (present != null) {
      try {
        present.join(STOP_MS_MAX);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
