package io.podtap.core.metrics;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * {@code /metrics} in Prometheus' text format, {@code /live} and {@code /ready}, on one small port.
 *
 * <p>One thread, one short connection at a time, a bounded request: a tap's own few lines instead
 * of an HTTP server, which would cost a sidecar several MiB.
 *
 * @see "Prometheus text exposition format 0.0.4; RFC 9112"
 */
public final class MetricsServer implements AutoCloseable {

  private static final int REQUEST_BYTES_MAX = 4_096;
  private static final int TIMEOUT_MS = 2_000;
  private static final int BACKLOG = 8;
  private static final long PAUSE_NS = 10_000_000;

  private final ServerSocket listener;
  private final Supplier<String> metrics;
  private final Supplier<String> problem;

  private MetricsServer(ServerSocket listener, Supplier<String> metrics, Supplier<String> problem) {
    this.listener = listener;
    this.metrics = metrics;
    this.problem = problem;
  }

  /**
   * Listens and answers on a thread of its own.
   *
   * @param port 0 lets the kernel choose
   * @param metrics makes the text of {@code /metrics} from a snapshot; called on the server's
   *     thread
   * @param problem says why {@code /ready} is no, or an empty text; called on the server's thread
   * @throws IOException when the port is taken
   */
  public static MetricsServer start(int port, Supplier<String> metrics, Supplier<String> problem)
      throws IOException {
    ServerSocket listener = new ServerSocket();
    try {
      listener.bind(new InetSocketAddress(port), BACKLOG);
    } catch (IOException e) {
      listener.close();
      throw e;
    }
    MetricsServer server = new MetricsServer(listener, metrics, problem);
    Thread.ofPlatform().daemon().name("metrics").start(server::serve);
    return server;
  }

  /** Returns the port that it listens on. */
  public int port() {
    return listener.getLocalPort();
  }

  private void serve() {
    while (!listener.isClosed()) {
      try (Socket connection = listener.accept()) {
        connection.setSoTimeout(TIMEOUT_MS);
        answer(connection);
      } catch (IOException e) {
        LockSupport.parkNanos(PAUSE_NS); // a client that went away, close(), no descriptors left
      }
    }
  }

  private void answer(Socket connection) throws IOException {
    String request = readRequest(connection.getInputStream());
    String[] words = request.split(" ", 3);
    String path = words.length > 1 ? words[1] : "";
    String status = "200 OK";
    String body;
    switch (path) {
      case "/metrics" -> body = metrics.get();
      case "/live", "/healthz" -> body = "ok\n";
      case "/ready" -> {
        String why = problem.get();
        status = why.isEmpty() ? status : "503 Service Unavailable";
        body = why.isEmpty() ? "ok\n" : why + "\n";
      }
      default -> {
        status = "404 Not Found";
        body = "try /metrics, /live or /ready\n";
      }
    }
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    String head =
        "HTTP/1.1 "
            + status
            + "\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: "
            + bytes.length
            + "\r\nConnection: close\r\n\r\n";
    connection.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    connection.getOutputStream().write(bytes);
    connection.getOutputStream().flush();
  }

  /** Reads up to the empty line that ends the head. */
  private static String readRequest(InputStream in) throws IOException {
    byte[] bytes = new byte[REQUEST_BYTES_MAX];
    int length = 0;
    while (length < bytes.length) {
      int count = in.read(bytes, length, bytes.length - length);
      if (count < 0) {
        break;
      }
      length += count;
      String text = new String(bytes, 0, length, StandardCharsets.US_ASCII);
      if (text.contains("\r\n\r\n")) {
        return text;
      }
    }
    throw new IOException("no whole request");
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
