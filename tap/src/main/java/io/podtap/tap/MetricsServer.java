package io.podtap.tap;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
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
final class MetricsServer implements AutoCloseable {

  private static final int REQUEST_BYTES_MAX = 4_096;
  private static final int TIMEOUT_MS = 2_000;
  private static final int BACKLOG = 8;
  private static final long PAUSE_NS = 10_000_000;

  private final ServerSocket listener;
  private final Supplier<Ledger.Snapshot> ledger;

  private MetricsServer(ServerSocket listener, Supplier<Ledger.Snapshot> ledger) {
    this.listener = listener;
    this.ledger = ledger;
  }

  /**
   * Listens and answers on a thread of its own.
   *
   * @param port 0 lets the kernel choose
   * @throws IOException when the port is taken
   */
  static MetricsServer start(int port, Supplier<Ledger.Snapshot> ledger) throws IOException {
    ServerSocket listener = new ServerSocket();
    try {
      listener.bind(new InetSocketAddress(port), BACKLOG);
    } catch (IOException e) {
      listener.close();
      throw e;
    }
    MetricsServer server = new MetricsServer(listener, ledger);
    Thread.ofPlatform().daemon().name("metrics").start(server::serve);
    return server;
  }

  int port() {
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
      case "/metrics" -> body = metrics(ledger.get());
      case "/live", "/ready", "/healthz" -> body = "ok\n";
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

  /** Returns the ledger in Prometheus' words. */
  static String metrics(Ledger.Snapshot ledger) {
    StringBuilder out = new StringBuilder();
    type(out, "podtap_tap_frames_total", "Frames of an interface, by what became of them.");
    for (Ledger.InterfaceSnapshot one : ledger.interfaces()) {
      frames(out, one, "seen", one.seen());
      frames(out, one, "dropped", one.droppedByKernel());
      frames(out, one, "filtered", one.filtered());
      frames(out, one, "mirrored", one.mirrored());
      for (Ledger.Count failed : one.failed()) {
        frames(out, one, failed.name(), failed.count());
      }
    }
    type(out, "podtap_tap_packets_total", "Packets made after cutting.");
    out.append("podtap_tap_packets_total ").append(ledger.packets()).append('\n');
    type(out, "podtap_tap_sent_packets_total", "Packets sent to a sensor.");
    for (Ledger.SensorSnapshot sensor : ledger.sensors()) {
      long sent = sensor.lanes().stream().mapToLong(Ledger.LaneSnapshot::sent).sum();
      line(out, "podtap_tap_sent_packets_total", "sensor", sensor.address(), sent);
    }
    type(out, "podtap_tap_failed_packets_total", "Packets that could not be sent, by cause.");
    for (Ledger.Count failed : ledger.failed()) {
      line(out, "podtap_tap_failed_packets_total", "cause", failed.name(), failed.count());
    }
    type(out, "podtap_tap_segment_frames_total", "What had to be done to frames.");
    for (Ledger.Count event : ledger.segment()) {
      line(out, "podtap_tap_segment_frames_total", "event", event.name(), event.count());
    }
    type(out, "podtap_tap_send_calls_total", "Batches handed to the kernel.");
    out.append("podtap_tap_send_calls_total ").append(ledger.calls()).append('\n');
    return out.toString();
  }

  private static void frames(
      StringBuilder out, Ledger.InterfaceSnapshot one, String fate, long count) {
    out.append(
        String.format(
            Locale.ROOT,
            "podtap_tap_frames_total{interface=\"%s\",fate=\"%s\"} %d\n",
            one.name(),
            fate,
            count));
  }

  private static void line(StringBuilder out, String name, String label, String value, long count) {
    out.append(String.format(Locale.ROOT, "%s{%s=\"%s\"} %d\n", name, label, value, count));
  }

  private static void type(StringBuilder out, String name, String help) {
    out.append("# HELP ").append(name).append(' ').append(help).append('\n');
    out.append("# TYPE ").append(name).append(" counter\n");
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
