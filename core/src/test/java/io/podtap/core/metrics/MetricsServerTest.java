/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.agent.Health;
import io.podtap.core.agent.Heartbeat;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Over loopback, beside clients that hold, drip, vanish and never read. */
final class MetricsServerTest {

  /** The aim is a tenth of it; here the machine may be busy with other things. */
  private static final int PATIENCE_MS = 2_000;

  private static final int PROBES = 100;

  private final AtomicInteger asked = new AtomicInteger();
  private final List<Socket> held = new ArrayList<>();
  private final Health health = new Health();
  private Supplier<String> metrics = () -> "podtap_x 1\n";
  private String problem = "";
  private MetricsServer server;

  @BeforeEach
  void start() throws IOException {
    health.condition(() -> problem);
    server =
        MetricsServer.start(
            0,
            format -> {
              asked.incrementAndGet();
              return format == MetricsFormat.TEXT ? metrics.get() : metrics.get() + "# EOF\n";
            },
            health);
  }

  @AfterEach
  void stop() throws IOException {
    for (Socket socket : held) {
      socket.close();
    }
    server.close();
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket.setSoTimeout(PATIENCE_MS);
    return socket;
  }

  private String ask(String request) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private String get(String path) throws IOException {
    return ask("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
  }

  private void requireAnswers() throws IOException {
    for (int i = 0; i < PROBES; i++) {
      assertThat(get("/live"))
          .as("probe %d", i)
          .startsWith("HTTP/1.1 200 ")
          .endsWith("\r\n\r\nok\n");
    }
  }

  @Test
  void saysWhatItIsAsked() throws IOException {
    assertThat(get("/metrics")).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\npodtap_x 1\n");
    assertThat(get("/metrics?x=1")).endsWith("podtap_x 1\n");
    assertThat(get("/healthz")).endsWith("ok\n");
    assertThat(get("/ready")).endsWith("ok\n");
    assertThat(get("http://sensor:9095/live?x")).startsWith("HTTP/1.1 200 ").endsWith("ok\n");
    assertThat(ask("GET /live HTTP/1.0\n\n")).startsWith("HTTP/1.1 200 OK");
    assertThat(get("/other")).startsWith("HTTP/1.1 404 ");
    assertThat(ask("HEAD /metrics HTTP/1.1\r\n\r\n"))
        .contains("Content-Length: 11\r\n")
        .endsWith("\r\n\r\n");
    assertThat(ask("DELETE /live HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 405 ");
    assertThat(ask("POST /metrics HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody")).contains(" 405 ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\r\n\r\n",
        "GET\r\n\r\n",
        "GET  /live HTTP/1.1\r\n\r\n",
        "GET /live HTTP/9.9\n\n"
      })
  void whatIsNotARequestIsRefused(String request) throws IOException {
    assertThat(ask(request)).startsWith("HTTP/1.1 400 ");
  }

  @ParameterizedTest
  @CsvSource({"4095, 400", "4096, 400", "4000, 200"})
  void aRequestIsBounded(int length, int status) throws IOException {
    String head = "GET /live HTTP/1.1\r\nX: ";
    String end = status == 200 ? "\r\n\r\n" : "";
    String request = head + "a".repeat(length - head.length() - end.length()) + end;
    assertThat(ask(request + (length < 4_096 && status == 400 ? "aa" : "")))
        .startsWith("HTTP/1.1 " + status);
  }

  @Test
  void everyReasonIsALine() throws IOException {
    health.condition(() -> "the disk is full");
    problem = "no sensor";
    assertThat(get("/ready"))
        .startsWith("HTTP/1.1 503 ")
        .endsWith("\r\n\r\nno sensor\nthe disk is full\n");
    assertThat(get("/live")).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void aLoopThatTurnsIsAlive() throws IOException {
    Heartbeat loop = health.loop("loop");
    loop.beat();
    assertThat(get("/live")).endsWith("ok\n");
  }

  @Test
  void aFailureInsideCostsOneAnswer() throws IOException {
    metrics =
        () -> {
          throw new IllegalStateException("metrics fail in this test");
        };
    assertThat(get("/metrics")).startsWith("HTTP/1.1 500 ");
    assertThat(get("/live")).endsWith("ok\n");
  }

  @Test
  void clientsThatDripDelayNobody() throws Exception {
    List<Socket> dripping = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Socket socket = connect();
      held.add(socket);
      dripping.add(socket);
    }
    for (int i = 0; i < PROBES; i++) {
      for (Socket socket : dripping) {
        try {
          socket.getOutputStream().write('G');
        } catch (SocketException e) {
          assertThat(e).isNotNull(); // its time is over
        }
      }
      assertThat(get("/live")).endsWith("ok\n");
    }
  }

  /** A byte now and then does not prolong an exchange. */
  @Test
  void theWholeExchangeHasItsTime() throws Exception {
    Socket socket = connect();
    held.add(socket);
    OutputStream out = socket.getOutputStream();
    long beginNs = System.nanoTime();
    try {
      while (System.nanoTime() - beginNs < 10 * MetricsServer.EXCHANGE_NS) {
        out.write('G');
        Thread.sleep(20);
      }
    } catch (SocketException e) {
      assertThat(System.nanoTime() - beginNs).isGreaterThanOrEqualTo(MetricsServer.EXCHANGE_NS / 2);
    }
    assertThat(System.nanoTime() - beginNs).isLessThan(5 * MetricsServer.EXCHANGE_NS);
    assertThat(server.dropped()).isEqualTo(1);
  }

  @Test
  void threeThousandIdleClientsDelayNobody() throws Exception {
    for (int i = 0; i < 3_000; i++) {
      held.add(connect());
      if (i % 30 == 0) {
        assertThat(get("/live")).as("after %d", i).endsWith("ok\n");
      }
    }
    requireAnswers();
    assertThat(server.dropped()).isGreaterThan(2_500);
  }

  @Test
  void clientsThatDoNotReadDelayNobodyAndShareOneText() throws Exception {
    String text = "x 1\n".repeat(1 << 20);
    metrics = () -> text;
    for (int i = 0; i < 60; i++) {
      Socket socket = new Socket();
      socket.setReceiveBufferSize(4_096);
      socket.connect(
          new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
      socket
          .getOutputStream()
          .write("GET /metrics HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      held.add(socket);
    }
    requireAnswers();
    assertThat(asked.get()).isBetween(1, 20);
  }

  @Test
  void aLongTextArrivesWhole() throws IOException {
    String text = "0123456789abcdef\n".repeat(60_000);
    metrics = () -> text;
    assertThat(get("/metrics")).endsWith("\r\n\r\n" + text);
  }
}
